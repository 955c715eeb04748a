import { classOf, type Change } from '../plan/change.ts'
import { describeChange } from '../plan/describe-change.ts'
import type { Plan } from '../plan/plan.ts'
import type { Condition } from '../status/status.ts'

/** Something that was done to the world, as the status remembers it. */
export type Deed = {
  /** ISO 8601, UTC. */
  readonly at: string
  /** What was written, in the words of the plan: two deeds on one thing have the same. */
  readonly what: string
  readonly isRestart: boolean
  /** The generation it was done for. */
  readonly generation: number
}

export interface Restraint {
  /** Writes to one thing for one generation within an hour, after which somebody else wants it otherwise. */
  readonly writesAnHour: number
  /** Restarts of the app's dynos within an hour that healing may cause. */
  readonly restartsAnHour: number
}

/** Once to declare it and three times to put it back. */
const usualRestraint: Restraint = { writesAnHour: 4, restartsAnHour: 4 }

export interface Restrained {
  readonly plan: Plan
  /** Why something is left as it is. */
  readonly conditions: readonly Condition[]
}

const hourMs = 3_600_000
/** Between two steps of a formation that changes step by step: as long as dynos take to start. */
const stepMs = 60_000

/**
 * What of a plan may be carried out now. A pass that heals the same thing again
 * and again is a fight with somebody, and each restart costs the app its state:
 * both stop after a while and wait for a person. What a person has just
 * declared is never held back: deeds for an earlier generation do not count.
 */
export function restrain(
  plan: Plan,
  deeds: readonly Deed[],
  {
    generation,
    nowMs,
    step,
  }: { readonly generation: number; readonly nowMs: number; readonly step?: number | undefined },
  restraint: Restraint = usualRestraint,
): Restrained {
  const recent = recentDeeds(deeds, nowMs).filter((deed) => deed.generation === generation)
  const changes = plan.changes.flatMap((change) => stepOf(change, recent, { nowMs, step }))
  const contended = changes.filter(
    (change) => recent.filter(({ what }) => what === whatOf(change)).length >= restraint.writesAnHour,
  )
  const restartCount = recent.filter((deed) => deed.isRestart).length
  const tooManyRestarts =
    restartCount < restraint.restartsAnHour
      ? []
      : changes.filter((change) => !contended.includes(change) && restarts(change))
  const held = new Set([...contended, ...tooManyRestarts])
  return {
    plan: { ...plan, changes: changes.filter((change) => !held.has(change)) },
    conditions: [...contention(contended, restraint), ...restartLimit(tooManyRestarts, restartCount)],
  }
}

/** A formation that would change by more than a step changes by one, and not again within a minute. */
function stepOf(
  change: Change,
  recent: readonly Deed[],
  { nowMs, step = Infinity }: { readonly nowMs: number; readonly step?: number | undefined },
): readonly Change[] {
  if (change.kind !== 'scale') return [change]
  const { before, after } = change
  const missing = after.quantity - before.quantity
  if (Math.abs(missing) <= step) return [change]
  const thing = describeChange(change).what
  const hasJustStepped = recent.some(({ at, what }) => what.startsWith(thing) && Date.parse(at) > nowMs - stepMs)
  if (hasJustStepped) return []
  return [{ ...change, after: { ...after, quantity: before.quantity + Math.sign(missing) * step } }]
}

/**
 * The deeds to remember: those before, less than an hour old, and those of this
 * pass. One in which nothing was done leaves them as they are: a settled object
 * is not written only to forget.
 */
export function rememberDeeds(
  deeds: readonly Deed[],
  done: readonly Change[],
  { generation, nowMs }: { readonly generation: number; readonly nowMs: number },
): readonly Deed[] {
  if (done.length === 0) return deeds
  const at = new Date(nowMs).toISOString()
  const fresh = done.map((change): Deed => ({ at, what: whatOf(change), isRestart: restarts(change), generation }))
  return [...recentDeeds(deeds, nowMs), ...fresh]
}

function recentDeeds(deeds: readonly Deed[], nowMs: number): readonly Deed[] {
  return deeds.filter(({ at }) => Date.parse(at) > nowMs - hourMs)
}

/** Of a formation with its number: step by step it is another thing each time, and no fight. */
function whatOf(change: Change): string {
  const { what } = describeChange(change)
  return change.kind === 'scale' ? `${what} to ${change.after.quantity}` : what
}

function restarts(change: Change): boolean {
  return classOf(change) === 'restart'
}

function contention(contended: readonly Change[], { writesAnHour }: Restraint): Condition[] {
  if (contended.length === 0) return []
  const what = contended.map(whatOf).join(', ')
  const message = `${what}: written ${writesAnHour} times within the hour, and somebody changed it again. It is left alone; the events of DriftFound tell who, as far as Heroku does; talk to them, or declare what it should be`
  return [{ type: 'Stalled', status: 'True', reason: 'FieldContention', message }]
}

function restartLimit(held: readonly Change[], restartCount: number): Condition[] {
  if (held.length === 0) return []
  const what = held.map(whatOf).join(', ')
  const message = `${what}: ${restartCount} restarts within the hour are enough. It goes on when the hour is over, or at once when the manifest changes`
  return [{ type: 'Stalled', status: 'True', reason: 'RestartLimit', message }]
}
