import { admit } from '../admit/admit.ts'
import { checkStatus } from '../admit/check-status.ts'
import { prune } from '../admit/prune.ts'
import { known } from '../admit/strange-fields.ts'
import type { Admitted } from '../admit/admission.ts'
import { objectAt, type ApiObject } from '../api-object.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import type { Call } from './call.ts'
import { born, counted, isOver, reported, revised, type Birth } from './life.ts'
import { unlessOnlyTimes, withOwners } from './own-fields.ts'

/** How the fields of a write come to be owned: by whoever changed them, or as an apply has worked out already. */
export type Manner = 'update' | 'apply'

export interface Revision {
  /** Undefined: it is gone with this. */
  readonly object: ApiObject | undefined
  /** What is answered: the last of it where it is gone. */
  readonly shown: ApiObject
  readonly warnings: readonly string[]
}

/** The first version of an object: born, admitted, owned. */
export function begin(call: Call, submitted: ApiObject, birth: Birth, manner: Manner): Admitted {
  const { target, fieldValidation, strange } = call
  const wish = born(submitted, target, birth)
  const { object, warnings } = admit(target.kind, { object: wish, current: undefined, fieldValidation, strange })
  return { object: manner === 'apply' ? object : withOwners(undefined, object, call, birth.nowMs), warnings }
}

/** The next version of an object, or its end: revised, admitted, counted, owned. */
export function revise(
  call: Call,
  current: ApiObject,
  submitted: ApiObject,
  { nowMs, manner }: { readonly nowMs: number; readonly manner: Manner },
): Revision {
  const { target, fieldValidation, strange, isPatch, subresource } = call
  const own = (object: ApiObject): ApiObject =>
    manner === 'apply' ? unlessOnlyTimes(current, object) : withOwners(current, object, call, nowMs)
  if (subresource === 'status') {
    const { warnings } = known(target.kind, { object: submitted, current, fieldValidation, isPatch, strange })
    const object = withKnownStatus(reported(current, submitted, target), target.kind)
    checkStatus(target.kind, object, current)
    const owned = own(object)
    return { object: owned, shown: owned, warnings }
  }

  const wish = revised(current, submitted, target)
  // Nothing that is wrong with an object that goes may keep it.
  if (isOver(wish, target.kind)) {
    const { value, warnings } = known(target.kind, { object: wish, current, fieldValidation, isPatch, strange })
    const { apiVersion, kind, metadata } = wish
    const shown = { ...objectAt({ value }, 'value'), apiVersion, kind, metadata }
    return { object: undefined, shown: own(shown), warnings }
  }
  const { object, warnings } = admit(target.kind, { object: wish, current, fieldValidation, isPatch, strange })
  const next = own(counted(current, object, target.kind))
  return { object: next, shown: next, warnings }
}

/** A status has the fields of its schema, as a spec has. */
function withKnownStatus(object: ApiObject, { isCustom, schema }: ResourceKind): ApiObject {
  const { status } = object
  if (!isCustom || status === undefined) return object
  return { ...object, status: prune(status, objectAt(objectAt(schema, 'properties'), 'status')).value }
}
