import { parseDuration } from '../../base/duration.ts'
import type { HandMadeProcess, HandMadeTopic } from './hand-run-app.ts'

/** One command taken apart. */
export interface CommandWords {
  readonly args: readonly string[]
  readonly flags: Readonly<Record<string, string>>
}

/** What the commands said so far of one app. */
export interface Draft {
  addon: string
  readonly topics: Map<string, HandMadeTopic>
  readonly groups: Set<string>
  readonly streamsVars: Record<string, string>
  readonly processes: Map<string, HandMadeProcess>
}

export function newDraft(): Draft {
  return { addon: 'KAFKA', topics: new Map(), groups: new Set(), streamsVars: {}, processes: new Map() }
}

/** Takes a command into the draft, or says why it cannot. */
export type Read = (words: CommandWords, draft: Draft) => string | undefined

/** They look and wait, and make nothing. */
export const looking: ReadonlySet<string> = new Set(
  'apps:info config config:get kafka:consumer-groups kafka:info kafka:topics kafka:topics:info kafka:wait ps ps:wait'.split(
    ' ',
  ),
)

export function commandReader(verb: string): Read | undefined {
  return Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
}

const verbs: Readonly<Record<string, Read>> = {
  'kafka:topics:create': createTopic,
  'kafka:consumer-groups:create': ({ args }, { groups }) => {
    const [name] = args
    if (name === undefined) return 'it names no group'
    groups.add(name)
    return undefined
  },
  'config:set': setConfigVars,
  'config:add': setConfigVars,
  'ps:scale': scale,
  'ps:type': scale,
  'addons:create': ({ args, flags }, draft) => {
    if (!/^heroku-kafka(:|$)/.test(args[0] ?? '')) return 'only a heroku-kafka add-on says something of a StreamApp'
    draft.addon = flags['as'] ?? 'KAFKA'
    return undefined
  },
  'kafka:topics:compaction': (words, draft) => changeTopic(words, draft, compactionOf),
  'kafka:topics:retention-time': (words, draft) => changeTopic(words, draft, retentionOf),
  'kafka:topics:destroy': ({ args: [name = ''] }, { topics }) =>
    topics.delete(name) ? undefined : `no command before makes topic ${name}`,
  'kafka:consumer-groups:destroy': ({ args: [name = ''] }, { groups }) =>
    groups.delete(name) ? undefined : `no command before makes group ${name}`,
}

/** `kafka:topics:compaction NAME enable`, `kafka:topics:retention-time NAME 7d`: of a topic that the script made. */
function changeTopic(
  { args: [name = '', value = ''] }: CommandWords,
  { topics }: Draft,
  change: (topic: HandMadeTopic, value: string) => HandMadeTopic | string,
): string | undefined {
  const topic = topics.get(name)
  if (topic === undefined) return `no command before makes topic ${name}`
  const changed = change(topic, value)
  if (typeof changed === 'string') return changed
  topics.set(name, changed)
  return undefined
}

function compactionOf(topic: HandMadeTopic, value: string): HandMadeTopic | string {
  const isCompacted = /^(enable|on)$/i.test(value)
  if (!isCompacted && !/^(disable|off)$/i.test(value)) return 'write enable or disable'
  return { ...topic, cleanupPolicy: cleanupPolicyOf(isCompacted, topic.retentionMs !== undefined) }
}

function retentionOf(topic: HandMadeTopic, value: string): HandMadeTopic | string {
  const isCompacted = topic.cleanupPolicy !== 'delete'
  if (value === 'disable')
    return { ...topic, retentionMs: undefined, cleanupPolicy: cleanupPolicyOf(isCompacted, false) }
  const read = parseDuration(value.replaceAll(' ', ''))
  if (!read.ok) return read.error
  return { ...topic, retentionMs: read.value, cleanupPolicy: cleanupPolicyOf(isCompacted, true) }
}

/** `kafka:topics:create NAME [CLUSTER]`. */
function createTopic({ args, flags }: CommandWords, draft: Draft): string | undefined {
  const [name, cluster] = args
  if (name === undefined) return 'it names no topic'
  const { partitions, 'retention-time': retention, compaction } = flags
  const read = retention === undefined ? undefined : parseDuration(retention.replaceAll(' ', ''))
  if (read?.ok === false) return read.error
  if (!/^[1-9]\d{0,5}$/.test(partitions ?? '1')) return `--partitions ${String(partitions)} is not a number`
  draft.addon = cluster ?? draft.addon
  draft.topics.set(name, {
    name,
    partitions: partitions === undefined ? undefined : Number(partitions),
    cleanupPolicy: cleanupPolicyOf(compaction === 'true', read !== undefined),
    retentionMs: read?.value,
  })
  return undefined
}

function cleanupPolicyOf(isCompacted: boolean, isLimited: boolean): HandMadeTopic['cleanupPolicy'] {
  if (!isCompacted) return 'delete'
  return isLimited ? 'compact,delete' : 'compact'
}

/** Config vars of other names are the app's own business, and not a StreamApp's. */
function setConfigVars({ args }: CommandWords, { streamsVars }: Draft): string | undefined {
  const pairs = args.map((arg) => /^([A-Za-z_]\w*)=(.*)$/s.exec(arg))
  if (pairs.length === 0 || pairs.includes(null)) return 'write NAME=VALUE'
  const others = pairs.flatMap((pair) => (pair?.[1]?.startsWith('STREAMS_') === false ? [pair[1]] : []))
  for (const pair of pairs) if (pair?.[1]?.startsWith('STREAMS_') === true) streamsVars[pair[1]] = pair[2] ?? ''
  return others.length === 0
    ? undefined
    : `${others.join(', ')}: a StreamApp holds STREAMS_ config vars only, so set it as before`
}

/** `ps:scale worker=2:standard-1x`, `ps:type worker=standard-1x`. */
function scale({ args }: CommandWords, { processes }: Draft): string | undefined {
  const asked = args.map(processOf)
  if (asked.length === 0 || asked.includes(undefined)) return 'write TYPE=COUNT or TYPE=COUNT:SIZE'
  for (const { type, quantity, size } of asked.filter((process) => process !== undefined)) {
    const before = processes.get(type)
    processes.set(type, { type, quantity: quantity ?? before?.quantity ?? 0, size: size ?? before?.size })
  }
  return undefined
}

function processOf(
  text: string,
): (Pick<HandMadeProcess, 'type' | 'size'> & { readonly quantity?: number }) | undefined {
  const [, type, quantity, size, sizeAlone] =
    /^([A-Za-z0-9_-]+)=(?:(\d+)(?::([A-Za-z0-9-]+))?|([A-Za-z][A-Za-z0-9-]*))$/.exec(text) ?? []
  if (type === undefined) return undefined
  return { type, size: size ?? sizeAlone, ...(quantity === undefined ? {} : { quantity: Number(quantity) }) }
}
