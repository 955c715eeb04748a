import { setTimeout as delay } from 'node:timers/promises'
import { changelogOf, outputOf, type Arena, type Side } from './arena.ts'
import { nameOf, type Run } from './cases.ts'
import type { Contender, Peaks } from './contender.ts'

export interface Measured extends Peaks {
  readonly perSecond: number
  readonly perCpuSecond: number
  /** From the start of the process to its first record on the output topic. */
  readonly firstOutputMs: number
}

export interface Pace {
  /** Records of the input. */
  readonly records: number
  /** The warm-up ends after this long, too, if it has not yet worked on as many records as the case asks for. */
  readonly warmUpMs: number
  readonly measureMs: number
}

/** What was committed at a moment, and what it had cost by then. */
interface Point {
  readonly atMs: number
  readonly cpuMs: number
  readonly committed: number
}

const lookEveryMs = 20
const withinMs = 120_000

/** One life of one side: it starts with nothing, works on the input from the beginning, and is killed. */
export async function measure(arena: Arena, side: Side, run: Run, pace: Pace): Promise<Measured> {
  const applicationId = `${side}-${run.what.name}-${run.guarantee}-${run.way}-${Date.now() % 1e6}`.replaceAll(' ', '-')
  const topics = [outputOf(applicationId), ...(run.what.hasStore ? [changelogOf(applicationId)] : [])]
  for (const topic of topics) await arena.createTopic(topic)
  const contender = arena.enter({ ...run, what: run.what.name, side, applicationId })
  try {
    const firstOutputMs = await firstOutput(arena, contender, applicationId)
    const points = await watch(arena, contender, { applicationId, run, pace })
    return { ...ratesOf(points, run), ...contender.peaks(), firstOutputMs }
  } finally {
    await contender.end()
    await arena.forgetState(applicationId)
    for (const topic of topics) await arena.deleteTopic(topic)
  }
}

async function firstOutput(arena: Arena, contender: Contender, applicationId: string): Promise<number> {
  const topic = outputOf(applicationId)
  for (;;) {
    if ((await arena.written(topic)) > 0) return performance.now() - contender.startedMs
    contender.usage()
    if (performance.now() - contender.startedMs > withinMs) throw new Error(`${applicationId} wrote nothing`)
    await delay(lookEveryMs)
  }
}

interface Watched {
  readonly applicationId: string
  readonly run: Run
  readonly pace: Pace
}

/** A point for each commit that was seen, from the end of the warm-up on. */
async function watch(arena: Arena, contender: Contender, { applicationId, run, pace }: Watched): Promise<Point[]> {
  const beganMs = performance.now()
  const points: Point[] = []
  for (let committed = 0; ;) {
    const before = committed
    committed = (await arena.committed(applicationId)) ?? before
    const point = { atMs: performance.now(), cpuMs: contender.usage().cpuMs, committed }
    const isWarm = committed >= run.what.warmUp || point.atMs - beganMs > pace.warmUpMs
    if (committed !== before && isWarm) points.push(point)
    const [first = point] = points
    if (committed >= pace.records || point.atMs - first.atMs > pace.measureMs) return points
    if (point.atMs - beganMs > withinMs) throw new Error(`${nameOf(run)}: only ${committed} records were worked on`)
    await delay(lookEveryMs)
  }
}

/**
 * Between two commits, neither of which is the last one: that one may come long after the last record. Where it
 * was over so soon that there are no two, the last one must do.
 */
function ratesOf(points: readonly Point[], run: Run): { perSecond: number; perCpuSecond: number } {
  const [first, ...later] = points
  const last = later.length > 1 ? later.at(-2) : later.at(-1)
  if (first === undefined || last === undefined)
    throw new Error(`${nameOf(run)}: it was over before it could be measured`)
  const records = last.committed - first.committed
  return {
    perSecond: Math.round((records / (last.atMs - first.atMs)) * 1000),
    perCpuSecond: Math.round((records / (last.cpuMs - first.cpuMs)) * 1000),
  }
}
