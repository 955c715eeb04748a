import type { Tell } from '../../run-by-name.ts'
import { median } from '../median.ts'
import { quantile } from '../quantile.ts'
import type { Contender } from './contender.ts'
import { measureFanOut } from './fan-out.ts'
import { measureIdle } from './idle-watches.ts'
import { fill, measureLists } from './lists.ts'
import type { Load, Measured } from './load.ts'
import type { Row, Side } from './report.ts'
import { measureApplies, measureCreates } from './writes.ts'

export interface Course {
  readonly contenders: readonly Contender[]
  readonly rounds: number
  /** Of each rate in each round. */
  readonly forMs: number
  readonly idleWatches: number
  readonly tell: Tell
}

/** What is measured, each in turns of the contenders. */
export const cases: Readonly<Record<string, (course: Course) => Promise<readonly Row[]>>> = {
  creates: (course) => rates('creates', 2, course, measureCreates),
  applies: (course) => rates('applies', 2, course, measureApplies),
  lists: async (course) => {
    const paths = new Map<Contender, string>()
    for (const contender of course.contenders) paths.set(contender, await fill(contender, 'listed', 1_000))
    const load = { concurrency: 4, forMs: course.forMs }
    const row = await rateRow({ what: 'lists of 1,000, 4 at once', wanted: 3 }, course, (contender) =>
      measureLists(contender, paths.get(contender) ?? '', load),
    )
    return [row]
  },
  'fan-out': fanOut,
  idle,
}

/** What runs for months is not judged by its first second: everybody creates and applies for a while, unmeasured. */
export async function warmUp({ contenders, forMs }: Course): Promise<void> {
  const load = { concurrency: 16, forMs }
  for (const contender of contenders) {
    await measureCreates(contender, 'warm-up-creates', load)
    await measureApplies(contender, 'warm-up-applies', load)
  }
}

async function rates(
  name: string,
  wanted: number,
  course: Course,
  measure: (contender: Contender, namespace: string, load: Load) => Promise<Measured>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const concurrency of [1, 16, 64]) {
    const load = { concurrency, forMs: course.forMs }
    const row = { what: `${name}, ${concurrency} at once`, wanted }
    rows.push(await rateRow(row, course, (contender, namespace) => measure(contender, namespace, load)))
  }
  return rows
}

async function rateRow(
  { what, wanted }: { readonly what: string; readonly wanted: number },
  course: Course,
  measure: Measure<Measured>,
): Promise<Row> {
  const found = await inTurns(what, course, measure)
  const side = (all: readonly Measured[]): Side => ({
    ...sideOf(all, ({ perSecond }) => perSecond),
    cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
    p99Ms: quantile(
      all.flatMap(({ latencies }) => latencies),
      0.99,
    ),
  })
  return {
    what,
    unit: '/s',
    wanted: `≥ ${wanted}×`,
    ours: found.ours && side(found.ours),
    genuine: found.genuine && side(found.genuine),
  }
}

async function fanOut(course: Course): Promise<readonly Row[]> {
  const watching = { watchers: 100, writes: 200, everyMs: 20 }
  const what = `fan-out to ${watching.watchers} watchers`
  const found = await inTurns(what, course, (contender, namespace) => measureFanOut(contender, namespace, watching))
  return [
    msRow(`${what}, p50`, '', found, ({ latencies }) => quantile(latencies, 0.5)),
    msRow(`${what}, p99`, '≤ 1×', found, ({ latencies }) => quantile(latencies, 0.99)),
    msRow(`${what}, from the write's answer, p99`, '', found, ({ afterAnswer }) => quantile(afterAnswer, 0.99)),
  ]
}

async function idle(course: Course): Promise<readonly Row[]> {
  const { idleWatches } = course
  const what = `${idleWatches} idle watches`
  const found = await inTurns(what, { ...course, rounds: 1 }, (contender, namespace) =>
    measureIdle(contender, namespace, idleWatches),
  )
  return [
    msRow('get before any watch, p50', '', found, ({ before }) => quantile(before, 0.5)),
    msRow('get before any watch, p99', '', found, ({ before }) => quantile(before, 0.99)),
    msRow(`get under ${what}, p50`, '', found, ({ meanwhile }) => quantile(meanwhile, 0.5)),
    msRow(`get under ${what}, p99`, '', found, ({ meanwhile }) => quantile(meanwhile, 0.99)),
    msRow(`one write heard by all ${idleWatches}`, '', found, ({ lastAfterMs }) => lastAfterMs),
    { ...msRow('memory of a watch', '', found, ({ bytesEach }) => bytesEach / 1024), unit: 'KiB' },
  ]
}

interface Rounds<Out> {
  readonly ours: readonly Out[] | undefined
  readonly genuine: readonly Out[] | undefined
}

/** With a namespace of its own. */
type Measure<Out> = (contender: Contender, namespace: string) => Promise<Out>

/** Each round, everybody; who goes first changes. */
async function inTurns<Out>(
  what: string,
  { contenders, rounds, tell }: Pick<Course, 'contenders' | 'rounds' | 'tell'>,
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
  return { ours: found.get('ours'), genuine: found.get('genuine') }
}

function sideOf<Out>(all: readonly Out[], pick: (round: Out) => number): Side {
  const rounds = all.map(pick)
  return { value: median(rounds), rounds }
}

function msRow<Out>(what: string, wanted: string, { ours, genuine }: Rounds<Out>, pick: (round: Out) => number): Row {
  return { what, unit: 'ms', wanted, ours: ours && sideOf(ours, pick), genuine: genuine && sideOf(genuine, pick) }
}
