import { checkStreamsConfig } from '../../resource/check-streams-config.ts'

type Streams = Readonly<Record<string, string | number | Readonly<Record<string, string>>>>

/** `spec.streams` from the config vars that carry it; what a manifest cannot say is named. */
export function streamsOf(vars: Readonly<Record<string, string>>): {
  readonly streams: Streams
  readonly notes: readonly string[]
} {
  const own = [
    ['threads', wholeNumber(vars['STREAMS_NUM_STREAM_THREADS']), 1],
    ['standbyReplicas', wholeNumber(vars['STREAMS_NUM_STANDBY_REPLICAS']), 0],
    ['processingGuarantee', vars['STREAMS_PROCESSING_GUARANTEE'], 'at_least_once'],
  ] as const
  const said = own.flatMap(([field, value, usual]) =>
    value === undefined || value === usual ? [] : [[field, value] as const],
  )
  const others = Object.entries(vars)
    .filter(([name]) => !ownVars.has(name))
    .map(([name, value]) => ({ name, setting: settingOf(name), value }))
  const config = others.filter(({ setting }) => !isRefused(setting))
  const left = others.filter(({ setting }) => isRefused(setting)).map(({ name }) => name)
  return {
    streams: {
      ...Object.fromEntries(said),
      ...(config.length === 0
        ? {}
        : { config: Object.fromEntries(config.map(({ setting, value }) => [setting, value])) }),
    },
    notes: left.length === 0 ? [] : [`${left.join(', ')} cannot be said in a manifest, and stays as it is set`],
  }
}

const ownVars = new Set([
  'STREAMS_APPLICATION_ID',
  'STREAMS_NUM_STREAM_THREADS',
  'STREAMS_NUM_STANDBY_REPLICAS',
  'STREAMS_PROCESSING_GUARANTEE',
])

/** STREAMS_COMMIT_INTERVAL_MS → `commit.interval.ms`, which goes back to the same config var. */
const settingOf = (name: string): string => name.slice('STREAMS_'.length).toLowerCase().replaceAll('_', '.')

function isRefused(setting: string): boolean {
  const streams = {
    threads: 1,
    standbyReplicas: 0,
    processingGuarantee: 'at_least_once',
    config: { [setting]: '' },
  } as const
  return checkStreamsConfig(streams).length > 0
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}
