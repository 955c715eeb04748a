import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Tell } from '../run-by-name.ts'
import type { Bench } from './bench.ts'
import { compilePeers, javaRelease, kafkaRelease } from './java-program.ts'
import { describeMachine } from './machine.ts'
import { markdownTable } from './markdown-table.ts'
import { median } from './median.ts'
import { writeResults } from './write-results.ts'

export const bench: Bench = {
  summary: "the test driver, one JS thread, beside Kafka's TopologyTestDriver: filter → mapValues, groupByKey → count",
  usage: '[--records 300000] [--rounds 3]',
  async run(args, tell) {
    const { values } = parseArgs({
      args: [...args],
      options: { records: { type: 'string', default: '300000' }, rounds: { type: 'string', default: '3' } },
    })
    await compareDrivers({ records: Number(values.records), rounds: Number(values.rounds) }, tell)
  },
}

/** Records a second of our driver that are wanted. */
const paths = [
  { what: 'pipe', title: 'filter → mapValues', target: 300_000 },
  { what: 'count', title: 'groupByKey → count, in-memory store', target: 100_000 },
] as const

const driver = join(import.meta.dirname, 'dsl', 'run-driver.ts')

interface Driven {
  readonly records: number
  /** Records that came out, which must be as many. */
  readonly read: number
  readonly wallMs: number
  readonly cpuMs: number
}

async function compareDrivers({ records, rounds }: { records: number; rounds: number }, tell: Tell): Promise<void> {
  const machine = describeMachine(loadavg()[0] ?? 0, { java: javaRelease(), kafka: kafkaRelease() })
  const classes = await mkdtemp(join(tmpdir(), 'weirkeeper-bench-'))
  try {
    const classPath = await compilePeers(classes, ['driver', 'streams'])
    const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'
    const commands = {
      ours: (what: string) => [process.execPath, driver, what],
      java: (what: string) => ['java', quiet, '-cp', classPath, 'DriverBench', what],
    }
    const rows = paths.map(({ what, title, target }) => {
      const [ours, java]: [Driven[], Driven[]] = [[], []]
      for (let round = 0; round < rounds; round++) {
        ours.push(drive(commands.ours(what), records))
        java.push(drive(commands.java(what), records))
        tell(
          `${title}, round ${round + 1}: ${ours.slice(-1).map(show).join()}; Java ${java.slice(-1).map(show).join()}`,
        )
      }
      return { path: title, targetPerSecond: target, ours: summary(ours), java: summary(java) }
    })
    const markdown = markdownTable(
      ['records', '/s', 'wanted /s', '/CPU-s', 'Java /s', 'Java /CPU-s', 'ratio per CPU-s'],
      rows.map(({ path, targetPerSecond, ours, java }) => [
        path,
        ...[ours.perSecond, targetPerSecond, ours.perCpuSecond, java.perSecond, java.perCpuSecond].map(String),
        (ours.perCpuSecond / java.perCpuSecond).toFixed(1),
      ]),
    )
    for (const line of markdown) tell(line)
    tell(`written to ${await writeResults({ name: 'dsl', machine, rows, markdown })}`)
  } finally {
    await rm(classes, { recursive: true, force: true })
  }
}

/** A process of its own, warmed up with a third of the records. */
function drive([program = '', ...args]: readonly string[], records: number): Driven {
  const all = [...args, String(Math.ceil(records / 3)), String(records)]
  const driven: Driven = JSON.parse(execFileSync(program, all, { encoding: 'utf8' }))
  if (driven.read !== records) throw new Error(`${records} records went in and ${driven.read} came out`)
  return driven
}

function summary(rounds: readonly Driven[]): { perSecond: number; perCpuSecond: number } {
  const per = (ms: (driven: Driven) => number) =>
    median(rounds.map((driven) => Math.round((driven.records / ms(driven)) * 1000)))
  return { perSecond: per(({ wallMs }) => wallMs), perCpuSecond: per(({ cpuMs }) => cpuMs) }
}

const show = ({ records, wallMs, cpuMs }: Driven): string =>
  `${Math.round(records / wallMs)} k/s, ${Math.round(records / cpuMs)} k per CPU-second`
