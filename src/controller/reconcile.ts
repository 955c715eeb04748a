import { fail, ok, type Result } from '../base/result.ts'
import { applyPlan, type ApplySurroundings } from './apply/apply-plan.ts'
import type { Outcome } from './apply/outcome.ts'
import type { Desired } from './desired/desired.ts'
import { observe, observeLimits, type Blindness, type Sight, type Target } from './observe/observe.ts'
import type { Observed } from './observe/observed.ts'
import type { Plan } from './plan/plan.ts'
import { needsLimits, planStreamApp } from './plan/plan-stream-app.ts'

/** What a manifest asks of the engine: where to look, and what it means once that was seen. */
export interface Subject {
  readonly target: Target
  readonly desire: (observed: Observed) => Desired
}

export interface Examination {
  readonly observed: Observed
  readonly desired: Desired
  readonly plan: Plan
}

export type Surroundings = Sight & Pick<ApplySurroundings, 'clock' | 'patience' | 'report'>

/** Observe and plan: only reads. The cluster's limits are asked for when something is to be made or changed. */
export async function examine(
  subject: Subject,
  sight: Sight,
  signal: AbortSignal,
): Promise<Result<Examination, Blindness>> {
  const seen = await observe(subject.target, sight, signal)
  if (!seen.ok) return seen
  const first = planned(subject, seen.value)
  if (!needsLimits(first.plan)) return ok(first)

  const limits = await observeLimits(seen.value, sight.kafkaData, signal)
  if (!limits.ok) return fail({ kind: 'failure', failure: limits.error })
  return ok(planned(subject, limits.value))
}

function planned({ desire }: Subject, observed: Observed): Examination {
  const desired = desire(observed)
  return { observed, desired, plan: planStreamApp(desired, observed) }
}

/**
 * Carries out what an examination found, unless something in it is refused: then nothing is written.
 *
 * Level-triggered: it may be run at any time, twice, or after a crash at any line.
 */
export async function carryOut(
  { observed, plan }: Examination,
  around: Surroundings,
  signal: AbortSignal,
): Promise<Outcome> {
  if (plan.refusals.length > 0) return { kind: 'refused', done: [], refusals: plan.refusals }
  return applyPlan(plan, { ...around, addonId: observed.attachment.addon.id }, signal)
}

/** One pass over one manifest: observe, plan, apply. */
export async function reconcile(
  subject: Subject,
  around: Surroundings,
  signal: AbortSignal,
): Promise<Result<Outcome, Blindness>> {
  const examined = await examine(subject, around, signal)
  return examined.ok ? ok(await carryOut(examined.value, around, signal)) : examined
}
