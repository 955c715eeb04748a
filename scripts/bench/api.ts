import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import type { Tell } from '../run-by-name.ts'
import { attachGenuine, startGenuine, startOurs, type Contender } from './api/contender.ts'
import { measureFanOut, type FanOut } from './api/fan-out.ts'
import { fill, measureLists } from './api/lists.ts'
import type { Load, Measured } from './api/load.ts'
import { tableOf, type Row } from './api/report.ts'
import { measureApplies, measureCreates } from './api/writes.ts'
import type { Bench } from './bench.ts'
import { describeMachine } from './machine.ts'
import { median } from './median.ts'
import { quantile } from './quantile.ts'
import { writeResults } from './write-results.ts'

export const bench: Bench = {
  summary:
    'the API: creates, applies, lists of 1,000 objects, and fan-out to 100 watchers, beside the genuine server on etcd',
  usage: '[--genuine] [--rounds 3] [--seconds 3]',
  async run(args, tell) {
    const options = {
      genuine: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
    } as const
    const { values } = parseArgs({ args: [...args], options })
    const machine = describeMachine(loadavg()[0] ?? 0)
    await using contenders = new AsyncDisposableStack()
    const ours = contenders.use(await startOurs())
    const genuine = await genuineBeside(values.genuine)
    if (genuine !== undefined) contenders.use(genuine)
    else
      tell(
        'ours alone: --genuine builds the genuine server by `go` and measures it in turns; WEIR_ORACLE_URL names one',
      )
    const course = { rounds: Number(values.rounds), forMs: Number(values.seconds) * 1000, tell }
    const rows = await measureAll([ours, ...(genuine === undefined ? [] : [genuine])], course)
    const markdown = tableOf(rows)
    for (const line of markdown) tell(line)
    tell(`written to ${await writeResults({ name: 'api', machine, rows, markdown })}`)
  },
}

async function genuineBeside(isWanted: boolean): Promise<Contender | undefined> {
  const url = process.env['WEIR_ORACLE_URL']
  if (url !== undefined) return attachGenuine(url)
  return isWanted ? startGenuine() : undefined
}

interface Course {
  readonly rounds: number
  readonly forMs: number
  readonly tell: Tell
}

/** A namespace of its own for each measurement. */
type Measure<Out> = (contender: Contender, namespace: string) => Promise<Out>

async function measureAll(contenders: readonly Contender[], course: Course): Promise<readonly Row[]> {
  const rows: Row[] = []
  const rate = async (what: string, wanted: number, load: Load, measure: Measure<Measured>): Promise<void> => {
    rows.push(
      rateRow(what, wanted, await inTurns(contenders, `${what}, ${load.concurrency} at once`, course, measure), load),
    )
  }
  const loads = [1, 16, 64].map((concurrency) => ({ concurrency, forMs: course.forMs }))
  for (const load of loads) {
    await rate('creates', 2, load, (contender, namespace) => measureCreates(contender, namespace, load))
  }
  for (const load of loads) {
    await rate('applies', 2, load, (contender, namespace) => measureApplies(contender, namespace, load))
  }
  const paths = new Map<Contender, string>()
  for (const contender of contenders) paths.set(contender, await fill(contender, 'listed', 1_000))
  const load = { concurrency: 4, forMs: course.forMs }
  await rate('lists of 1,000', 3, load, (contender) => measureLists(contender, paths.get(contender) ?? '', load))

  const watching = { watchers: 100, writes: 200, everyMs: 20 }
  const title = `fan-out to ${watching.watchers} watchers`
  const fanOut = await inTurns(contenders, title, course, (contender, namespace) =>
    measureFanOut(contender, namespace, watching),
  )
  rows.push(...[0.5, 0.99].map((share) => fanOutRow(title, share, fanOut)))
  return rows
}

type Rounds<Out> = ReadonlyMap<Contender['name'], readonly Out[]>

/** Each round, everybody; who goes first changes. */
async function inTurns<Out>(
  contenders: readonly Contender[],
  what: string,
  { rounds, tell }: Course,
  measure: Measure<Out>,
): Promise<Rounds<Out>> {
  const found = new Map<Contender['name'], Out[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const namespace = `${what.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${round}`
      found.get(contender.name)?.push(await measure(contender, namespace))
    }
    tell(`${what}: round ${round + 1} of ${rounds}`)
  }
  return found
}

function rateRow(what: string, wanted: number, rounds: Rounds<Measured>, { concurrency }: Load): Row {
  const side = (name: Contender['name']) => {
    const all = rounds.get(name)
    return all === undefined
      ? undefined
      : {
          value: median(all.map(({ perSecond }) => perSecond)),
          rounds: all.map(({ perSecond }) => perSecond),
          cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
          p99Ms: quantile(
            all.flatMap(({ latencies }) => latencies),
            0.99,
          ),
        }
  }
  return {
    what: `${what}, ${concurrency} at once`,
    unit: '/s',
    wanted: `≥ ${wanted}×`,
    ours: side('ours'),
    genuine: side('genuine'),
  }
}

function fanOutRow(title: string, share: number, rounds: Rounds<FanOut>): Row {
  const side = (name: Contender['name']) => {
    const all = rounds.get(name)?.map(({ latencies }) => quantile(latencies, share))
    return all === undefined ? undefined : { value: median(all), rounds: all }
  }
  const wanted = share === 0.99 ? '≤ 1×' : ''
  return { what: `${title}, p${share * 100}`, unit: 'ms', wanted, ours: side('ours'), genuine: side('genuine') }
}
