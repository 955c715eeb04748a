import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/host/system-clock.ts'
import { WireClient } from '../../src/kafka/wire/wire-client.ts'
import { loadTopology } from '../../src/runtime/thread/load-topology.ts'
import { javaRelease, kafkaRelease } from '../bench/java-program.ts'
import { describeMachine, type Machine } from '../bench/machine.ts'
import { markdownTable } from '../bench/markdown-table.ts'
import { writeResults } from '../bench/write-results.ts'
import { valueBytes } from './failover/fill-changelog.ts'
import { sessionTimeoutMs, takesOver, type Around, type Failover, type FailoverCase } from './failover/takes-over.ts'
import { JavaApp } from './java-app.ts'
import { UsageError, type Tell } from '../run-by-name.ts'
import type { Soak } from './soak.ts'
import { Stage } from './stage.ts'

const file = join(import.meta.dirname, 'failover', 'topology.ts')

export const soak: Soak = {
  summary: 'from kill -9 to the first committed output of the moved task, ours and Kafka Streams, with 0 and 1 standby',
  usage: '[--state 1GB] [--rounds 1] [--guarantee at_least_once|exactly_once_v2] [--by weir|java]',
  async run(args, tell) {
    const text = { type: 'string' } as const
    const { values } = parseArgs({ args: [...args], options: { state: text, rounds: text, guarantee: text, by: text } })
    const [stateBytes, rounds] = [bytesOf(values.state ?? '1GB'), Number(values.rounds ?? '1')]
    const cases = allCases.filter(
      ({ guarantee, by }) => guarantee === (values.guarantee ?? guarantee) && by === (values.by ?? by),
    )
    if (!(rounds >= 1) || cases.length === 0) throw new UsageError('no such rounds, guarantee or program')
    await measure({ cases, rounds, stateBytes, tell })
    return true
  },
}

/** Ours and theirs in turns, so that what else this machine does meets both. */
const allCases: readonly FailoverCase[] = (['at_least_once', 'exactly_once_v2'] as const).flatMap((guarantee) =>
  ([0, 1] as const).flatMap((standbys) => (['weir', 'java'] as const).map((by) => ({ by, guarantee, standbys }))),
)

const units: Readonly<Record<string, number>> = { MB: 1_000_000, GB: 1_000_000_000 }

function bytesOf(text: string): number {
  const { amount, unit = '' } = /^(?<amount>\d+)(?<unit>MB|GB)$/.exec(text)?.groups ?? {}
  const bytes = Number(amount) * (units[unit] ?? NaN)
  if (!(bytes > 0)) throw new UsageError(`--state is ${text}: write it as 100MB or 1GB`)
  return bytes
}

interface Asked {
  readonly cases: readonly FailoverCase[]
  readonly rounds: number
  readonly stateBytes: number
  readonly tell: Tell
}

async function measure({ cases, rounds, stateBytes, tell }: Asked): Promise<void> {
  const machine = describeMachine(loadavg()[0] ?? 0, { java: javaRelease(), kafka: kafkaRelease() })
  const topology = await loadTopology(file)
  await using stage = await Stage.open({ file, topology, applicationId: 'soak-failover', partitions: 1, env: {} })
  const client = new WireClient(stage.address, { clientId: 'soak', clock: systemClock, random: Math.random })
  try {
    const java = await JavaApp.compile(stage, 'failover')
    const around: Around = { stage, java, client, records: Math.ceil(stateBytes / valueBytes), tell }
    const measured: Failover[] = []
    for (let round = 0; round < rounds; round += 1)
      for (const one of cases) measured.push(await takesOver(one, `soak-failover-${measured.length + 1}`, around))
    tell(`written to ${await writeDown(machine, stateBytes, measured)}`)
  } catch (error) {
    stage.keep()
    tell(`the logs are kept in ${stage.folder}`)
    throw error
  } finally {
    await client.close()
  }
}

function writeDown(machine: Machine, stateBytes: number, rows: readonly Failover[]): Promise<string> {
  const state = `${stateBytes / 1_000_000} MB`
  const seconds = (ms: number): string => (ms / 1000).toFixed(1)
  const table = markdownTable(
    [
      'who',
      'guarantee',
      'standbys',
      'kill -9 to output, s',
      'of that beyond the session, s',
      'start to output, s',
      'peak, MiB',
    ],
    rows.map(({ by, guarantee, standbys, failoverMs, startMs, peakMiB }) => [
      by === 'weir' ? 'Weirkeeper' : 'Kafka Streams',
      guarantee,
      String(standbys),
      seconds(failoverMs),
      seconds(failoverMs - sessionTimeoutMs),
      seconds(startMs),
      String(peakMiB),
    ]),
  )
  return writeResults({
    name: resultsOf(stateBytes, rows),
    machine,
    rows: rows.map((row) => ({ ...row, stateBytes, sessionTimeoutMs })),
    markdown: [
      `One task with ${state} of state in a persistent store, two dynos of one thread each, a session timeout of`,
      `${sessionTimeoutMs / 1000} s, commits every 100 ms, 50 input records a second. \`kill -9\` ends the dyno with the task; the time runs until a`,
      'reader of committed records sees the output of an input record that came after it. The start is that of the first',
      'dyno, which restores all the state from the changelog; the peak is that of the dyno that took over, pages of',
      'the memory-mapped store included.',
      '',
      ...table,
    ],
  })
}

/** A run of one guarantee leaves the results of the other alone. */
function resultsOf(stateBytes: number, rows: readonly Failover[]): string {
  const size = stateBytes === 1_000_000_000 ? [] : [`${stateBytes / 1_000_000}MB`]
  const guarantees = [...new Set(rows.map(({ guarantee }) => guarantee))]
  const only = guarantees.length === 1 ? guarantees.map((guarantee) => names[guarantee]) : []
  return ['failover', ...size, ...only].join('-')
}

const names = { at_least_once: 'at-least-once', exactly_once_v2: 'exactly-once' } as const
