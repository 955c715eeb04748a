import { timestamp, withMetadata, withoutMetadata, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure, success, type ApiStatus } from '../api-status.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import type { JsonObject } from '../../record/record.ts'
import { isJsonObject } from '../api-object.ts'
import { keyOf, missing, type Call, type ObjectsSurroundings } from './call.ts'
import { checkPreconditions, dismissed } from './life.ts'
import { writeObject } from './write-object.ts'

type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan'

export interface DeleteOptions {
  readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string }
  readonly propagationPolicy: PropagationPolicy
  readonly isDryRun: boolean
}

const policies: readonly PropagationPolicy[] = ['Background', 'Foreground', 'Orphan']

/** From the body (`DeleteOptions`) or, where there is none, the query. */
export function readDeleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  const options: JsonObject = isJsonObject(body) ? body : {}
  const asked = options['propagationPolicy'] ?? query.get('propagationPolicy') ?? 'Background'
  const propagationPolicy = policies.find((policy) => policy === asked)
  if (propagationPolicy === undefined) {
    const words = `propagationPolicy ${JSON.stringify(asked)} is not known; write ${policies.join(', ')}`
    throw new ApiFailure(failure('Invalid', words))
  }
  const { uid, resourceVersion } = isJsonObject(options['preconditions']) ? options['preconditions'] : {}
  const { dryRun } = options
  return {
    preconditions: {
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    },
    propagationPolicy,
    isDryRun: (Array.isArray(dryRun) && dryRun.includes('All')) || query.get('dryRun') === 'All',
  }
}

/** Gone, or the object on its way out: somebody has to tidy up first. */
export type Deleted =
  | { readonly kind: 'gone'; readonly status: ApiStatus; readonly object: ApiObject }
  | { readonly kind: 'going'; readonly object: ApiObject }

export async function deleteObject(
  around: ObjectsSurroundings,
  call: Call,
  { preconditions, propagationPolicy, isDryRun }: DeleteOptions,
): Promise<Deleted> {
  const { target } = call
  const written = await writeObject(around, {
    ...call,
    isDryRun: call.isDryRun || isDryRun,
    key: keyOf(target),
    decide: (current) => {
      if (current === undefined) throw missing(target)
      checkPreconditions(current, preconditions, target.kind)
      if (target.kind.kind === 'Namespace') return terminating(current, around.nowMs())
      return dismissed(current, around.nowMs(), finalizerFor(propagationPolicy))
    },
  })
  const { object } = written
  if (written.change !== 'removed') return { kind: 'going', object }
  return { kind: 'gone', object, status: success(detailsOf(object, target.kind)) }
}

/** What a policy waits for, as Kubernetes' own garbage collector names it. */
function finalizerFor(policy: PropagationPolicy): string | undefined {
  return { Background: undefined, Foreground: foregroundFinalizer, Orphan: orphanFinalizer }[policy]
}

export const foregroundFinalizer = 'foregroundDeletion'
export const orphanFinalizer = 'orphan'

/** A namespace goes when nothing is left in it. */
function terminating(current: ApiObject, nowMs: number): ApiObject {
  if (current.metadata.name === 'default') {
    const words = 'namespaces "default" is forbidden: this namespace may not be deleted'
    throw new ApiFailure(failure('Forbidden', words, { name: 'default', kind: 'namespaces' }))
  }
  if (current.metadata.deletionTimestamp !== undefined) return current
  return { ...withMetadata(current, { deletionTimestamp: timestamp(nowMs) }), status: { phase: 'Terminating' } }
}

function detailsOf(
  { metadata: { name, uid } }: ApiObject,
  { group, plural }: ResourceKind,
): ApiStatus['details'] & object {
  return { name, ...(group === '' ? {} : { group }), kind: plural, ...(uid === undefined ? {} : { uid }) }
}

/** Without what waits for its owner: the last step of an object that went by `Orphan` or `Foreground`. */
export function withoutFinalizers(object: ApiObject, ...names: readonly string[]): ApiObject | undefined {
  const finalizers = (object.metadata.finalizers ?? []).filter((name) => !names.includes(name))
  if (finalizers.length > 0) return withMetadata(object, { finalizers })
  return object.metadata.deletionTimestamp === undefined ? withoutMetadata(object, 'finalizers') : undefined
}
