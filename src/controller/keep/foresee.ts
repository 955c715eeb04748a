import { ok, type Result } from '../../base/result.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import { missingConfirmation } from '../apply/confirmation.ts'
import type { Desired } from '../desired/desired.ts'
import type { Blindness, Sight } from '../observe/observe.ts'
import { changeLine } from '../plan/describe-change.ts'
import { nothingAwaited, type Plan, type Refusal } from '../plan/plan.ts'
import { examine, examineDeletion, subjectOf } from '../reconcile.ts'
import { foreseenClash, leavingToTheFirst, refusalOf } from './cluster-claim.ts'
import { consentOf } from './consent.ts'
import { warnsOnly } from './keep-stream-app.ts'
import type { KeptStreamApp } from './kept-stream-app.ts'
import { restrain } from './restrain.ts'
import { resumedWhenOver } from './suspension.ts'

/** What a pass would do; what it would leave alone on purpose stands among the warnings. */
export type Foresight = Plan & { readonly tasks?: Desired['tasks'] }

export interface Foreseeing {
  readonly nowMs: number
  readonly signal: AbortSignal
  /** All StreamApps that are kept. */
  readonly others: Parameters<typeof foreseenClash>[2]
}

/** What the next pass over a StreamApp would do at Heroku: looked at and planned as a pass does it, and nothing carried out. */
export async function foresee(
  kept: KeptStreamApp,
  sight: Sight,
  { nowMs, signal, others }: Foreseeing,
): Promise<Result<Foresight, Blindness>> {
  const { app, object, mistakes, ran } = kept
  const { annotations = {}, deletionTimestamp } = object.metadata
  if (app === undefined) {
    const message = `what is kept is not a valid StreamApp: ${mistakes.join('; ')}`
    return ok(refused({ reason: 'ManifestInvalid', message }))
  }
  const confirmed = consentOf(object)
  if (deletionTimestamp !== undefined) {
    const going = await examineDeletion(app, sight, signal, ran)
    if (!going.ok) return seenAsRefused(going)
    const taken = foreseenClash(kept, going.value.observed.attachment.addon, others)
    if (taken === undefined) return ok(agreed(going.value.plan, app, confirmed))
    const own = await examineDeletion(leavingToTheFirst(app, taken), sight, signal, ran)
    return own.ok ? ok(agreed(own.value.plan, app, confirmed)) : seenAsRefused(own)
  }
  const examined = await examine(subjectOf(resumedWhenOver(app, annotations, nowMs), ran), sight, signal)
  if (!examined.ok) return seenAsRefused(examined)
  const { plan, desired, observed } = examined.value
  const taken = foreseenClash(kept, observed.attachment.addon, others)
  if (taken !== undefined) return ok(refused(refusalOf(taken)))
  return ok({ ...agreed(heldBack(plan, kept, app, nowMs), app, confirmed), tasks: desired.tasks })
}

/** Where there is nothing to plan with, and why. */
export function refused(refusal: Refusal): Foresight {
  return { changes: [], awaited: nothingAwaited, refusals: [refusal], warnings: [] }
}

function seenAsRefused(blind: { readonly ok: false; readonly error: Blindness }): Result<Foresight, Blindness> {
  return blind.error.kind === 'refusal' ? ok(refused(blind.error.refusal)) : blind
}

/** What was healed too often, or is only to be told, is left alone. */
function heldBack(plan: Plan, kept: KeptStreamApp, { spec }: StreamApp, nowMs: number): Plan {
  if (warnsOnly(kept)) {
    const left = plan.changes.map((change) => `spec.drift is Warn, so this is left as it is: ${changeLine(change)}`)
    const warnings = left.map((message) => ({ reason: 'DriftFound', message }))
    return { ...plan, changes: [], warnings: [...plan.warnings, ...warnings] }
  }
  const { generation } = kept.object.metadata
  const restrained = restrain(plan, kept.deeds, { generation, nowMs, step: spec.scaling.step })
  const warnings = restrained.conditions.map(({ reason, message }) => ({ reason, message }))
  return { ...restrained.plan, warnings: [...plan.warnings, ...warnings] }
}

function agreed(plan: Plan, { spec }: StreamApp, confirmed: string | undefined): Plan {
  return { ...plan, refusals: [...plan.refusals, ...missingConfirmation(plan, spec.app, confirmed)] }
}
