import { fail, ok, type Result } from '../base/result.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { applyDeletion } from './apply/apply-deletion.ts'
import { applyPlan, type ApplySurroundings } from './apply/apply-plan.ts'
import { missingConfirmation } from './apply/confirmation.ts'
import type { Outcome } from './apply/outcome.ts'
import { desire } from './desired/desire.ts'
import { desireDeletion } from './desired/desire-deletion.ts'
import type { Desired } from './desired/desired.ts'
import { glance, type Glimpse, type Seen } from './observe/glance.ts'
import { observe, observeLimits, type Blindness, type Sight, type Target } from './observe/observe.ts'
import type { Observed } from './observe/observed.ts'
import type { Plan } from './plan/plan.ts'
import { planDeletion } from './plan/plan-deletion.ts'
import { needsLimits, planStreamApp } from './plan/plan-stream-app.ts'

/** What a manifest asks of the engine: where to look, and what it means once that was seen. */
export interface Subject {
  readonly target: Target
  readonly desire: (observed: Observed) => Desired
}

/** `ran`: the process types that it is known to have run so far. */
export function subjectOf(app: StreamApp, ran: readonly string[] = []): Subject {
  return { target: targetOf(app), desire: (observed) => desire(app, observed, ran) }
}

function targetOf({ spec }: StreamApp): Target {
  return { app: spec.app, addon: spec.kafka.addon, processType: spec.process.type }
}

export interface Sighting {
  readonly observed: Observed
  readonly plan: Plan
}

export interface Examination extends Sighting {
  readonly desired: Desired
}

/** The same from a glance, as far as that can tell: undefined where the whole must be looked at. */
export async function examineAtAGlance(
  app: StreamApp,
  seen: Seen,
  sight: Sight,
  signal: AbortSignal,
): Promise<(Examination & Pick<Glimpse, 'dynos'>) | undefined> {
  const glimpse = await glance(app, seen, sight, signal)
  return glimpse === undefined ? undefined : { ...planned(subjectOf(app), glimpse.observed), dynos: glimpse.dynos }
}

export type Surroundings = Sight & Pick<ApplySurroundings, 'clock' | 'patience' | 'report'>

/** One pass over one manifest: observe, plan, apply. Level-triggered: run it at any time, twice, or after a crash. */
export async function reconcile(
  subject: Subject,
  around: Surroundings,
  orders: Orders,
): Promise<Result<Outcome, Blindness>> {
  const examined = await examine(subject, around, orders.signal)
  return examined.ok ? ok(await carryOut(examined.value, around, orders)) : examined
}

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

function planned({ desire: mean }: Subject, observed: Observed): Examination {
  const desired = mean(observed)
  return { observed, desired, plan: planStreamApp(desired, observed) }
}

/** What deleting the StreamApp would take away. */
export async function examineDeletion(
  app: StreamApp,
  sight: Sight,
  signal: AbortSignal,
  ran: readonly string[] = [],
): Promise<Result<Sighting, Blindness>> {
  const seen = await observe(targetOf(app), sight, signal)
  if (!seen.ok) return seen
  return ok({ observed: seen.value, plan: planDeletion(desireDeletion(app, seen.value, ran), seen.value) })
}

export interface Orders {
  readonly signal: AbortSignal
  /** What a person said to a loss of records: the plan's hash, or the app's name. */
  readonly confirmed?: string | undefined
  readonly deletion?: boolean
  /** Asked once before the first write. False: nothing may be written. Left out: it may. */
  readonly mayWrite?: (plan: Plan) => Promise<boolean>
}

/** Carries out what was found, unless something in it is refused or not agreed to: then nothing is written. */
export async function carryOut(
  { observed, plan }: Sighting,
  around: Surroundings,
  { signal, confirmed, deletion = false, mayWrite }: Orders,
): Promise<Outcome> {
  const refusals = [...plan.refusals, ...missingConfirmation(plan, observed.app, confirmed)]
  if (refusals.length > 0) return { kind: 'refused', done: [], refusals }
  if (plan.changes.length > 0 && (await mayWrite?.(plan)) === false) return { kind: 'superseded', done: [] }
  const hands = { ...around, addonId: observed.attachment.addon.id }
  return deletion ? applyDeletion(plan, hands, signal) : applyPlan(plan, hands, signal)
}
