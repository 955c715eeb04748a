import type { ObjectKey } from '../../record/record.ts'
import type { FieldValidation, StrangeField } from '../admit/admission.ts'
import { ApiFailure, failure, notFound } from '../api-status.ts'
import type { ServedRecord } from '../reachable-record.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import type { Birth, Target } from './life.ts'

/** One request for objects, after everything about it was parsed and allowed. */
export interface Call {
  readonly target: Target
  readonly subresource: 'status' | 'scale' | undefined
  /** For the audit. */
  readonly actor: string
  /** Who owns the fields that are written. */
  readonly manager: string
  readonly isDryRun: boolean
  readonly fieldValidation: FieldValidation
  /** A patch of what is there, and no apply: what is wrong with its outcome is `Invalid`, and not a `BadRequest`. */
  readonly isPatch: boolean
  /** What the body has that it should not, as far as it was read. */
  readonly strange: readonly StrangeField[]
  /** Server-side apply takes fields over from whoever owns them. */
  readonly isForced: boolean
}

export interface ObjectsSurroundings {
  readonly record: ServedRecord
  readonly cache: ObjectCache
  readonly nowMs: () => number
  readonly newUid: () => string
  /** Five letters that make a name one of its own. */
  readonly newSuffix: () => string
}

/** The call, knowing more of what its body should not have. */
export function finding(call: Call, unknown: readonly string[]): Call {
  if (unknown.length === 0) return call
  return { ...call, strange: [...call.strange, ...unknown.map((path): StrangeField => ({ why: 'unknown', path }))] }
}

export function missing({ kind, name }: Target): ApiFailure {
  return new ApiFailure(notFound(kind.plural, kind.group, name))
}

/** Nothing is made in a namespace that is not there, or that is going. */
export async function requireNamespace(
  { cache }: ObjectsSurroundings,
  { kind, namespace, name }: Target,
): Promise<void> {
  if (!kind.isNamespaced) return
  const key = { kind: 'Namespace', namespace: '', name: namespace }
  if (cache.get(key) === undefined) await cache.fresh()
  const found = cache.get(key)?.object
  if (found === undefined) throw new ApiFailure(notFound('namespaces', '', namespace))
  if (found.metadata.deletionTimestamp === undefined) return
  const words = `${kind.plural} ${JSON.stringify(name)} is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`
  throw new ApiFailure(
    failure('Forbidden', words, {
      name,
      group: kind.group,
      kind: kind.plural,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    }),
  )
}

export function keyOf({ kind, namespace, name }: Target): ObjectKey {
  return { kind: kind.kind, namespace: kind.isNamespaced ? namespace : '', name }
}

export function birthNow({ newUid, newSuffix, nowMs }: ObjectsSurroundings): Birth {
  return { uid: newUid(), newSuffix, nowMs: nowMs() }
}
