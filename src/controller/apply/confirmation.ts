import { createHash } from 'node:crypto'
import { classOf, type Change } from '../plan/change.ts'
import { describeChange } from '../plan/describe-change.ts'
import type { Plan, Refusal } from '../plan/plan.ts'

/** Names a plan: the same changes give the same eight letters, any other change others. */
export function planHash({ changes }: Plan): string {
  return createHash('sha256').update(JSON.stringify(changes)).digest('hex').slice(0, 8)
}

/** Records of a user's topic may be gone afterwards. Internal topics are the app's own, and the manifest decides. */
function losesUserData(change: Change): boolean {
  return (
    (change.kind === 'delete-topic' || change.kind === 'configure-topic') &&
    change.role === 'user' &&
    classOf(change) === 'data-loss'
  )
}

/** What a person has not yet agreed to, if anything. Agreed is said by the plan's hash, or as at Heroku by the app's name. */
export function missingConfirmation(plan: Plan, app: string, confirmed: string | undefined): readonly Refusal[] {
  const losses = plan.changes.filter(losesUserData)
  if (losses.length === 0 || confirmed === planHash(plan) || confirmed === app) return []
  const what = losses.map((change) => describeChange(change).what).join(', ')
  const message = `this plan loses records of ${what}. If that is wanted, say so for this plan: --confirm ${planHash(plan)}`
  return [{ reason: 'ConfirmationMissing', message }]
}
