import { cause, invalid } from '../admit/admission.ts'
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
  /** Undefined: as it goes already, or `Background`. */
  readonly propagationPolicy: PropagationPolicy | undefined
  readonly isDryRun: boolean
}

const policies: readonly PropagationPolicy[] = ['Background', 'Foreground', 'Orphan']

/** From the body (`DeleteOptions`) or, where there is none, the query. */
export function readDeleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  const options: JsonObject = isJsonObject(body) ? body : {}
  checkKind(options)
  const propagationPolicy = readPolicy(options, query)
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

/** A client that sends the object itself means something else than we would do. */
function checkKind({ kind }: JsonObject): void {
  if (kind === undefined || kind === 'DeleteOptions') return
  throw new ApiFailure(failure('BadRequest', 'the body of a DELETE is empty, or DeleteOptions'))
}

/** `orphanDependents` is how it was said before there were policies. */
function readPolicy(options: JsonObject, query: URLSearchParams): PropagationPolicy | undefined {
  const asked = options['propagationPolicy'] ?? query.get('propagationPolicy')
  const orphans = options['orphanDependents'] ?? query.get('orphanDependents')
  if (asked === null)
    return orphans === null ? undefined : orphans === true || orphans === 'true' ? 'Orphan' : 'Background'
  if (orphans !== null) {
    throw wrongPolicy('FieldValueInvalid', 'Invalid value: say propagationPolicy or orphanDependents, not both')
  }
  const policy = policies.find((known) => known === asked)
  if (policy !== undefined) return policy
  const words = `Unsupported value: ${JSON.stringify(asked).slice(0, 60)}: write ${policies.join(', ')}`
  throw wrongPolicy('FieldValueNotSupported', words)
}

function wrongPolicy(reason: 'FieldValueInvalid' | 'FieldValueNotSupported', words: string): ApiFailure {
  return invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [cause(reason, 'propagationPolicy', words)])
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
      return dismissed(current, around.nowMs(), finalizersFor(current, propagationPolicy))
    },
  })
  const { object } = written
  if (written.change !== 'removed') return { kind: 'going', object }
  return { kind: 'gone', object, status: success(detailsOf(object, target.kind)) }
}

/** What a policy waits for, as Kubernetes' own garbage collector names it. Who says nothing changes nothing about how it goes. */
function finalizersFor({ metadata }: ApiObject, policy: PropagationPolicy | undefined): readonly string[] {
  const { finalizers = [] } = metadata
  if (policy === undefined) return finalizers
  const wanted = { Background: undefined, Foreground: foregroundFinalizer, Orphan: orphanFinalizer }[policy]
  if (wanted !== undefined && finalizers.includes(wanted))
    return finalizers.filter((name) => name === wanted || !isPolicy(name))
  return [...finalizers.filter((name) => !isPolicy(name)), ...(wanted === undefined ? [] : [wanted])]
}

function isPolicy(finalizer: string): boolean {
  return finalizer === foregroundFinalizer || finalizer === orphanFinalizer
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
