import type { FaultPlan } from './fault-plan.ts'
import { lastingState } from './ground-truth.ts'
import { whyNot } from './level.ts'
import type { Scenario } from './scenario.ts'
import { startController, stopControllers } from './stage.ts'
import { misleads } from './trouble.ts'
import { World, type Request } from './world.ts'

/** What a played plan left behind. */
export interface Played {
  readonly violations: readonly string[]
  readonly requests: readonly Request[]
  /** How much of each there was before all was at rest for the first time. */
  readonly busy: Busy
  readonly restarts: number
  readonly end: Readonly<Record<string, unknown>>
}

export interface Busy {
  readonly requests: number
  readonly recordUses: number
  readonly notices: number
}

export interface Pace {
  /** How long nothing may be written once all is at rest. */
  readonly silenceMs: number
}

/** Longer than any backoff, the refill of an empty bucket, and two resyncs. */
const restWithinMs = 4 * 3_600_000

/** Plays a scenario with its troubles, then listens whether it is quiet. */
export async function play(scenario: Scenario, plan: FaultPlan, pace: Pace): Promise<Played> {
  const world = new World(plan)
  scenario.arrange(world)
  startController(world, 'clock.1')
  if (plan.troubles.some(({ kind }) => kind.startsWith('stall'))) startController(world, 'clock.2')
  await world.clock.pass(100)
  for (const [index, step] of scenario.steps.entries()) {
    await step.act(world)
    if (await world.clock.passUntil(() => step.isAtRest(world), restWithinMs)) continue
    const why = scenario.apps.map((app) => whyNot(app, world)).join(' | ')
    world.violated(`step ${index + 1} of ${scenario.name} never came to rest: ${why}`)
    break
  }
  const busy = { requests: world.requests.length, recordUses: world.recordUses, notices: world.notices }
  if (world.violations.length === 0) await listen(world, pace)
  await stopControllers(world)
  return {
    violations: world.violations,
    requests: world.requests,
    busy,
    restarts: world.restarts,
    end: lastingState(world.heroku, world.nowMs),
  }
}

/** A settled world is read, and not written: neither Heroku nor the record. */
async function listen(world: World, { silenceMs }: Pace): Promise<void> {
  world.isCalm = true
  world.staleLooks.clear()
  // What was still under way when the judge saw everything as asked may yet be reported; who was misled looks again.
  await world.clock.pass(world.plan.troubles.some(misleads) ? 13 * 60_000 : 90_000)
  const from = world.requests.length
  const writes = world.recordWrites
  const before = said(world)
  await world.clock.pass(silenceMs)
  for (const { what } of world.requests.slice(from).filter(({ isWrite }) => isWrite)) {
    world.violated(`${what} was written though nothing had changed`)
  }
  if (world.recordWrites > writes) {
    world.violated(`the record was written though nothing had changed: ${before} became ${said(world)}`)
  }
}

function said({ kept }: World): string {
  return JSON.stringify([...kept.values()].map(({ status }) => status))
}
