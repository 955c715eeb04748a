import { unreachable } from '../../base/unreachable.ts'
import type { HerokuFailure } from '../../heroku/failure.ts'
import type { KafkaData } from '../../heroku/kafka-data.ts'
import type { RunningDyno } from '../../heroku/platform.ts'
import type { FoundAddon } from '../../resource/claims.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import { missingConfirmation } from '../apply/confirmation.ts'
import type { Outcome } from '../apply/outcome.ts'
import { seenOf, type Seen } from '../observe/glance.ts'
import type { Blindness } from '../observe/observe.ts'
import { changeLine } from '../plan/describe-change.ts'
import type { Plan, Refusal } from '../plan/plan.ts'
import { carryOut, examine, examineAtAGlance, subjectOf, type Examination, type Surroundings } from '../reconcile.ts'
import { failureConditions } from '../status/failure-status.ts'
import type { Condition } from '../status/status.ts'
import { summarize, summarizeBlindness } from '../status/summarize.ts'
import { refusalOf, type Taken } from './cluster-claim.ts'
import type { Finding } from './finding.ts'
import { lookAgain } from './look-again.ts'
import { nameWriter, type Traces } from './name-writer.ts'
import { ranTypes } from './ran-types.ts'
import { restrain, type Deed } from './restrain.ts'

export interface Orders {
  readonly nowMs: number
  /** What a person said to a loss of records. */
  readonly confirmed: string | undefined
  /** Look and report, but write nothing: `drift: Warn` once the generation was level, or no budget for more. */
  readonly lookOnly: boolean
  readonly generation: number
  /** What was done within the last hour. */
  readonly deeds: readonly Deed[]
  /** The process types that it is known to have run. */
  readonly ran: readonly string[]
  readonly mayWrite: (plan: Plan) => Promise<boolean>
  /** Takes the application id on that cluster: whose it is where another has it. */
  readonly hold: (addon: FoundAddon) => Promise<Taken | undefined>
  /** What the last look left, where a glance may do. */
  readonly seen: Seen | undefined
  /** What Heroku tells of whoever else writes; undefined while the declaration was not carried out yet. */
  readonly traces: Traces | undefined
  /** What Heroku's webhooks last told. */
  readonly heard: string | null
}

/** What a pass works with; `lately` tells of clusters as they were a moment ago, which is enough for a glance. */
export type PassSurroundings = Surroundings & { readonly lately: KafkaData }

/** What waits for a person or for Heroku is looked at again after this, beside the resync. */
const waitingMs = 60_000

/**
 * One pass over a StreamApp that is to be: look, do what is missing, say what
 * was seen. What was done now shows in the next look and not before, so Ready
 * is never said of something that was only asked for.
 */
export async function keepLevel(
  app: StreamApp,
  around: PassSurroundings,
  orders: Orders,
  signal: AbortSignal,
): Promise<Finding> {
  const glimpsed = orders.seen === undefined ? undefined : await atAGlance(app, orders.seen, around, signal)
  if (glimpsed !== undefined) return glimpsed
  const examined = await examine(subjectOf(app, orders.ran), around, signal)
  if (!examined.ok) return blind(examined.error, orders)

  const examination = examined.value
  const taken = await orders.hold(examination.observed.attachment.addon)
  if (taken !== undefined) return stuck(refusalOf(taken))
  const restrained = restrain(examination.plan, orders.deeds, { ...orders, step: app.spec.scaling.step })
  // Before anything is written: afterwards the newest release is ours.
  const drifted = await tellOfDrift(examination, around, orders, signal)
  const outcome = await act({ ...examination, plan: restrained.plan }, around, orders, signal)
  const dynos = await lookAtDynos(examination, around, signal)
  const summary = summarize({ ...withUnconfirmed(examination, restrained.plan, orders), dynos })
  const drift = orders.lookOnly ? driftConditions(examination) : restrained.conditions
  const conditions = [...summary.conditions, ...drift]
  const seen = conditions.some(isReady) ? seenOf(examination.observed, dynos, orders.heard) : undefined
  const ran = ranTypes(examination, orders.ran, outcome.done)
  const status = { ...summary, conditions, seen, ran }
  return { status, ...after(outcome, status, orders), drift: drifted }
}

/** What nobody has agreed to yet stands in the way like any other refusal. */
function withUnconfirmed(
  examination: Examination,
  plan: Plan,
  { lookOnly, confirmed }: Pick<Orders, 'lookOnly' | 'confirmed'>,
): Examination {
  if (lookOnly) return examination
  const refusals = [...examination.plan.refusals, ...missingConfirmation(plan, examination.observed.app, confirmed)]
  return { ...examination, plan: { ...examination.plan, refusals } }
}

/** What differs of something that was carried out, and who may have changed it. */
async function tellOfDrift(
  { observed, plan }: Examination,
  { platform }: Surroundings,
  { traces }: Orders,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (traces === undefined || plan.changes.length === 0) return undefined
  const who = await nameWriter(observed.app, plan.changes, { platform, traces }, signal)
  return `${plan.changes.map(changeLine).join('; ')}; ${who ?? 'Heroku does not tell who changed it'}`
}

/** Nothing but that all is as it was: whatever else a glance shows is looked at whole. */
async function atAGlance(
  app: StreamApp,
  seen: Seen,
  { platform, kafkaService, lately }: PassSurroundings,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const glimpse = await examineAtAGlance(app, seen, { platform, kafkaService, kafkaData: lately }, signal)
  if (glimpse === undefined) return undefined
  const status = summarize(glimpse)
  if (!status.conditions.some(isReady)) return undefined
  return { status: { ...status, seen }, done: [], verdict: { kind: 'settled' } }
}

function isReady({ type, status }: Condition): boolean {
  return type === 'Ready' && status === 'True'
}

function act(
  examination: Examination,
  around: Surroundings,
  { confirmed, lookOnly, mayWrite }: Orders,
  signal: AbortSignal,
): Promise<Outcome> {
  if (lookOnly) return Promise.resolve({ kind: 'done', done: [] })
  return carryOut(examination, around, { signal, confirmed, mayWrite })
}

/** Costs a call, so only where everything else is as asked and the number of dynos decides. */
async function lookAtDynos(
  { observed, plan }: Examination,
  { platform }: Surroundings,
  signal: AbortSignal,
): Promise<readonly RunningDyno[] | 'unknown'> {
  if (plan.changes.length > 0 || plan.refusals.length > 0) return 'unknown'
  const dynos = await platform.dynos(observed.app, signal)
  return dynos.ok ? dynos.value : 'unknown'
}

function driftConditions({ plan }: Examination): readonly Condition[] {
  if (plan.changes.length === 0) return []
  const message = `${plan.changes.length} differences are left as they are: spec.drift is Warn`
  return [{ type: 'Drifted', status: 'True', reason: 'DriftFound', message }]
}

function after(
  outcome: Outcome,
  { conditions }: { readonly conditions: readonly Condition[] },
  { nowMs }: Orders,
): Pick<Finding, 'done' | 'verdict' | 'isUnanswered'> {
  const { done } = outcome
  switch (outcome.kind) {
    case 'done': {
      const isLeftAlone = conditions.some(isLetBe)
      if (conditions.some(isReady) || isLeftAlone) return { done, verdict: { kind: 'settled' } }
      return { done, verdict: lookAgain(done, nowMs) }
    }
    case 'timed-out':
      return { done, verdict: lookAgain(done, nowMs) }
    case 'failed':
      return {
        done,
        verdict: { kind: 'retry', notBeforeMs: nowMs + waitOf(outcome.failure) },
        isUnanswered: isUnanswered(outcome.failure),
      }
    case 'superseded':
      return { done, verdict: { kind: 'settled', againAfterMs: 0 } }
    case 'contradicted':
      return { done, verdict: { kind: 'retry', notBeforeMs: nowMs + waitingMs } }
    case 'refused':
      return { done, verdict: { kind: 'settled', againAfterMs: waitingMs } }
    default:
      return unreachable(outcome)
  }
}

/** Nothing more will come of it by itself. */
function isLetBe({ type, reason }: Condition): boolean {
  return type === 'Drifted' || type === 'Stalled' || reason === 'Suspended'
}

function blind(blindness: Blindness, { nowMs }: Orders): Finding {
  switch (blindness.kind) {
    case 'refusal':
      return stuck(blindness.refusal)
    case 'failure': {
      const verdict = { kind: 'retry', notBeforeMs: nowMs + waitOf(blindness.failure) } as const
      return { status: { conditions: failureConditions(blindness.failure) }, done: [], verdict }
    }
    default:
      return unreachable(blindness)
  }
}

export function stuck(refusal: Refusal): Finding {
  const { conditions } = summarizeBlindness(refusal)
  return { status: { conditions }, done: [], verdict: { kind: 'settled', againAfterMs: waitingMs } }
}

/** Whether the call may have an effect that nobody has seen yet. */
export function isUnanswered({ kind }: HerokuFailure): boolean {
  return kind === 'unreachable'
}

function waitOf(failure: HerokuFailure): number {
  return failure.kind === 'rate-limited' ? failure.retryAfterMs : 0
}
