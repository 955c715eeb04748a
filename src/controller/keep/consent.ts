import type { KeptObject } from '../../record/object-life.ts'
import { missingConfirmation } from '../apply/confirmation.ts'
import type { Plan } from '../plan/plan.ts'

/** Where a person agrees to a plan that loses records: its hash, or the app's name. */
export const confirmAnnotation = 'streams.weirkeeper.dev/confirm'

/**
 * What a person has agreed to. A hash names one plan; the app's name is easier to say, and would go on agreeing to
 * whatever comes for as long as it stands there. So it counts for one declaration, or for the deletion: the first that
 * needs it, which `status.agreed` names.
 */
export function consentOf(object: KeptObject): string | undefined {
  const said = object.metadata.annotations?.[confirmAnnotation]
  const agreed = agreedIn(object)
  return isName(object) && agreed !== undefined && agreed !== purposeOf(object) ? undefined : said
}

/** What stands in `status.agreed` once this plan is carried out; undefined: nothing. */
export function agreedBy(object: KeptObject, plan: Plan): string | undefined {
  if (!isName(object)) return undefined
  const isNeeded = missingConfirmation(plan, appOf(object), undefined).length > 0
  return isNeeded ? purposeOf(object) : agreedIn(object)
}

function agreedIn({ status }: KeptObject): string | undefined {
  const agreed = status?.['agreed']
  return typeof agreed === 'string' ? agreed : undefined
}

function isName(object: KeptObject): boolean {
  return object.metadata.annotations?.[confirmAnnotation] === appOf(object)
}

function appOf({ spec }: KeptObject): string {
  const { app } = spec
  return typeof app === 'string' ? app : ''
}

function purposeOf({ metadata: { generation, deletionTimestamp } }: KeptObject): string {
  return deletionTimestamp === undefined ? `generation ${generation}` : 'deletion'
}
