import { describeClash, keptClaims } from '../../resource/claims.ts'
import { isSame } from '../../record/managed-fields/json.ts'
import { bindingOf, unboundApp } from '../../record/namespace-binding.ts'
import { objectAt, type ApiObject } from '../api-object.ts'
import type { Claiming } from '../objects/claiming.ts'
import { ApiFailure, failure } from '../api-status.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import { shown } from '../kinds/conditions.ts'
import { qualified, type ResourceKind } from '../kinds/resource-kind.ts'
import { cause, invalid } from './admission.ts'

/**
 * Whether an object may be kept beside what is there already. What came before its namespace was bound stays, and may
 * be labelled or deleted; only its spec cannot change. The controller leaves it alone all the same.
 */
export function admitBeside(
  kind: ResourceKind,
  object: ApiObject,
  current: ApiObject | undefined,
  cache: Pick<ObjectCache, 'get'>,
): void {
  if (kind.kind !== 'StreamApp' || object.metadata.deletionTimestamp !== undefined) return
  if (isSame(object['spec'], current?.['spec'])) return
  refuseUnbound(kind, object, cache)
}

function refuseUnbound(kind: ResourceKind, object: ApiObject, cache: Pick<ObjectCache, 'get'>): void {
  const { name, namespace = '' } = object.metadata
  const kept = cache.get({ kind: 'Namespace', namespace: '', name: namespace })
  const message = unboundApp(bindingOf(namespace, kept?.object), shown(objectAt(object, 'spec')['app']))
  if (message === undefined) return
  throw new ApiFailure(
    failure('Forbidden', `${qualified(kind)} ${JSON.stringify(name)} is forbidden: ${message}`, {
      name,
      group: kind.group,
      kind: kind.plural,
      causes: [cause('FieldValueForbidden', 'spec.app', message)],
    }),
  )
}

/** What a StreamApp has for itself; the record sees to it that of two who come at once one has it. */
export function claimingOf(kind: ResourceKind): Claiming | undefined {
  if (kind.kind !== 'StreamApp') return undefined
  return {
    claims: (object) => keptClaims(object.metadata.name, object),
    taken: ({ metadata }, claim, by) => {
      const { message, hint } = describeClash(claim, `${by.namespace}/${by.name}`)
      const field = claim.path.slice(1).replaceAll('/', '.')
      return invalid(kind, metadata.name, [cause('FieldValueDuplicate', field, `${message}; ${hint}`)])
    },
  }
}
