import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import type { Tell } from '../run-by-name.ts'
import type { Bench } from './bench.ts'
import { javaRelease, kafkaRelease } from './java-program.ts'
import { describeMachine } from './machine.ts'
import { Arena, type Side } from './streams/arena.ts'
import { nameOf, runsOf, type Run, type Selection } from './streams/cases.ts'
import { reading, user, keys } from './streams/input.ts'
import { measure, type Measured, type Pace } from './streams/measure.ts'
import { reportOn, titleOfRestore, type Compared, type RestoreCompared, type Sides } from './streams/report.ts'
import { measureRestore, type KeyOrder, type Restored } from './streams/restore.ts'
import { writeResults } from './write-results.ts'

export const bench: Bench = {
  summary: 'this runtime and Kafka Streams in Java on one broker, in turns: rates, CPU, memory, start, restore',
  usage: "[--short] [--only 'count, exactly once'] [--rounds 1]",
  async run(args, tell) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        short: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        rounds: { type: 'string', default: '1' },
      },
    })
    await compare({ short: values.short, only: values.only }, Number(values.rounds), tell)
  },
}

const longPace: Pace = { records: 4_000_000, warmUpMs: 15_000, measureMs: 5_000 }
const shortPace: Pace = { records: 3_000_000, warmUpMs: 10_000, measureMs: 3_000 }

async function compare(selection: Selection, rounds: number, tell: Tell): Promise<void> {
  const runs = runsOf(selection)
  const machine = describeMachine(loadavg()[0] ?? 0, { java: javaRelease(), kafka: kafkaRelease() })
  const pace = selection.short ? shortPace : longPace
  await using arena = await Arena.open()
  tell(`the logs are in ${arena.folder} while it runs, and stay where something goes wrong`)
  if (runs.length > 0) await loadInputs(arena, pace)
  const compared = await compareAll(arena, runs, { rounds, pace, tell })
  const restored = await restoreAll(arena, selection, { rounds, tell })
  if (runs.length === 0 && restored.length === 0) throw new Error(`no case is called ${selection.only}`)
  arena.succeed()
  const report = reportOn(compared, restored)
  for (const line of report.markdown) console.log(line)
  const name = resultsOf(selection)
  if (name !== undefined) tell(`written to ${await writeResults({ name, machine, ...report })}`)
}

/** Restoring has results of its own; what else was picked out is only printed. */
function resultsOf({ short, only }: Selection): string | undefined {
  if (only === 'restore') return 'streams-restore'
  if (only !== '') return undefined
  return short ? 'streams-short' : 'streams'
}

interface How {
  readonly rounds: number
  readonly pace: Pace
  readonly tell: Tell
}

async function compareAll(arena: Arena, runs: readonly Run[], { rounds, pace, tell }: How): Promise<Compared[]> {
  const compared: Compared[] = []
  for (const run of runs) {
    const measured = await inTurns(rounds, async (side) => {
      const one = await measure(arena, side, run, pace)
      tell(`${nameOf(run)}: ${side} ${describe(one)}`)
      return one
    })
    compared.push({ run, ...measured })
  }
  return compared
}

async function inTurns<One>(rounds: number, measureOne: (side: Side) => Promise<One>): Promise<Sides<One>> {
  const measured: Record<Side, One[]> = { ours: [], java: [] }
  for (let round = 0; round < rounds; round++)
    for (const side of ['ours', 'java'] as const) measured[side].push(await measureOne(side))
  return measured
}

const restoreRecords = 1_000_000

async function restoreAll(
  arena: Arena,
  { short, only }: Selection,
  { rounds, tell }: Omit<How, 'pace'>,
): Promise<RestoreCompared[]> {
  const orders: readonly KeyOrder[] = short ? ['keys in order'] : ['keys in order', 'keys in no order']
  const asked = orders.filter((order) => titleOfRestore(order).includes(only))
  if (asked.length > 0) await arena.createTopic('quiet')
  const all: RestoreCompared[] = []
  for (const order of asked) {
    const sides = await inTurns(rounds, async (side) => {
      const one = await measureRestore(arena, side, { records: restoreRecords, order })
      tell(`${titleOfRestore(order)}, ${restoreRecords} records: ${side} ${rates(one)}`)
      return one
    })
    all.push({ order, ...sides })
  }
  return all
}

async function loadInputs(arena: Arena, { records }: Pace): Promise<void> {
  const nowMs = Date.now() - 86_400_000
  await arena.load({ topic: 'users', records: keys, record: user, fromMs: nowMs - 3_600_000 })
  await arena.load({ topic: 'in', records, record: reading, fromMs: nowMs })
}

const describe = (measured: Measured): string =>
  `${rates(measured)}, first output after ${Math.round(measured.firstOutputMs)} ms`

const rates = ({ perSecond, perCpuSecond, peakBytes }: Restored): string =>
  [
    `${Math.round(perSecond / 1000)} k/s`,
    `${Math.round(perCpuSecond / 1000)} k per CPU-second`,
    `${Math.round(peakBytes / 2 ** 20)} MiB`,
  ].join(', ')
