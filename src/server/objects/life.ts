import { tidyFinalizer } from '../../controller/keep/keep-stream-app.ts'
import { isSame } from '../../record/managed-fields/json.ts'
import { markDeleted, type KeptObject } from '../../record/object-life.ts'
import type { JsonObject } from '../../record/record.ts'
import { timestamp, withMetadata, withoutMetadata, type ApiObject, type ObjectMeta } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { cause, invalid } from '../admit/admission.ts'
import { apiVersionOf, qualified, type ResourceKind } from '../kinds/resource-kind.ts'

/**
 * The life of an object, computed: what is there after it was declared,
 * declared again, reported on, or told to go. Kubernetes' API conventions.
 *
 * L1  `uid`, `creationTimestamp`, `deletionTimestamp` and `generation` are ours, whatever a client sends.
 * L2  `generation` grows when something outside `metadata` and `status` changes, and when the object is told to go.
 * L3  Where a status is kept apart, a write to the object leaves it alone, and a write to the status leaves all else alone.
 * L4  An object that is going takes no new finalizer, and is gone with its last one.
 */

/** The part that a request addresses. */
export interface Target {
  readonly kind: ResourceKind
  readonly namespace: string
  readonly name: string
}

export interface Birth {
  readonly uid: string
  readonly nowMs: number
  /** Five letters, for `generateName`. */
  readonly newSuffix: () => string
}

export function born(submitted: ApiObject, target: Target, { uid, nowMs, newSuffix }: Birth): ApiObject {
  const { kind } = target
  checkHead(submitted, target)
  const { metadata } = submitted
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== '') {
    throw new ApiFailure(failure('BadRequest', 'resourceVersion should not be set on objects to be created'))
  }
  const name = nameOf(metadata, newSuffix, kind)
  const fresh = withoutMetadata(
    submitted,
    'resourceVersion',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
  )
  const finalizers = finalizersOf(kind, metadata.finalizers)
  const object = withMetadata(fresh, {
    name,
    uid,
    creationTimestamp: timestamp(nowMs),
    ...(kind.isNamespaced ? { namespace: target.namespace } : {}),
    ...(kind.isCustom ? { generation: 1 } : {}),
    ...(finalizers.length === 0 ? {} : { finalizers }),
  })
  return kind.hasStatus ? withStatus(object, undefined) : object
}

function nameOf({ name, generateName = '' }: ObjectMeta, newSuffix: () => string, kind: ResourceKind): string {
  if (name !== '') return name
  if (generateName !== '') return `${generateName.slice(0, 58)}${newSuffix()}`
  throw invalid(kind, '', [
    cause('FieldValueRequired', 'metadata.name', 'Required value: name or generateName is required'),
  ])
}

/** A StreamApp is held until what it made was tidied up. */
function finalizersOf({ kind }: ResourceKind, given: readonly string[] = []): readonly string[] {
  return kind === 'StreamApp' && !given.includes(tidyFinalizer) ? [...given, tidyFinalizer] : given
}

/** Whether the body is of the kind, the namespace and the name that the address says. */
export function checkHead({ apiVersion, kind, metadata }: ApiObject, target: Target): void {
  checkKind({ apiVersion, kind }, metadata.name, target.kind)
  if (target.kind.isNamespaced && metadata.namespace !== undefined && metadata.namespace !== target.namespace) {
    const words = `the namespace of the provided object does not match the namespace sent on the request: ${JSON.stringify(metadata.namespace)} is not ${JSON.stringify(target.namespace)}`
    throw new ApiFailure(failure('BadRequest', words))
  }
  if (target.name !== '' && metadata.name !== '' && metadata.name !== target.name) {
    const words = `the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`
    throw new ApiFailure(failure('BadRequest', words))
  }
}

function checkKind(
  { apiVersion, kind }: Pick<ApiObject, 'apiVersion' | 'kind'>,
  name: string,
  wanted: ResourceKind,
): void {
  const expected = apiVersionOf(wanted)
  if (apiVersion === expected && kind === wanted.kind) return
  if (wanted.isCustom && apiVersion === expected) {
    const words = `Invalid value: ${JSON.stringify(kind)}: must be ${wanted.kind}`
    throw invalid({ group: wanted.group, kind }, name, [cause('FieldValueInvalid', 'kind', words)])
  }
  const words = `the body is ${apiVersion} ${kind}; this address takes ${expected} ${wanted.kind}`
  throw new ApiFailure(failure('BadRequest', words))
}

/** Declared again. */
export function revised(current: ApiObject, submitted: ApiObject, target: Target): ApiObject {
  checkHead(submitted, target)
  checkPreconditions(current, submitted.metadata, target.kind)
  const { kind } = target
  const { metadata } = submitted
  checkGoing(current, metadata, kind)
  const isGoing = current.metadata.deletionTimestamp !== undefined
  const finalizers = isGoing ? (metadata.finalizers ?? []) : finalizersOf(kind, metadata.finalizers)
  if (isGoing) checkNoNewFinalizers(current, finalizers, kind)

  const declared = withMetadata(withoutMetadata(submitted, ...ours, 'finalizers'), {
    ...oursOf(current.metadata),
    ...(finalizers.length === 0 ? {} : { finalizers }),
  })
  return kind.hasStatus ? withStatus(declared, current['status']) : declared
}

/** Whether that was the last that a going object waited for. A namespace waits for what is in it, which no finalizer of its own says. */
export function isOver({ metadata }: ApiObject, { kind }: ResourceKind): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0 && kind !== 'Namespace'
}

/** When it is to go nobody says but by DELETE. */
function checkGoing({ metadata }: ApiObject, { deletionTimestamp }: ObjectMeta, kind: ResourceKind): void {
  if (deletionTimestamp === undefined || deletionTimestamp === metadata.deletionTimestamp) return
  const words = `Invalid value: ${JSON.stringify(deletionTimestamp)}: field is immutable; delete the object instead`
  throw invalid(kind, metadata.name, [cause('FieldValueInvalid', 'metadata.deletionTimestamp', words)])
}

/** With its generation, once it is known what will be kept: see L2. */
export function counted(current: ApiObject, object: ApiObject, { isCustom }: ResourceKind): ApiObject {
  return isCustom && !isSameDeclaration(current, object) ? nextGeneration(object) : object
}

/** Reported on: only the status, and who manages it. */
export function reported(current: ApiObject, submitted: ApiObject, target: Target): ApiObject {
  checkHead(submitted, target)
  checkPreconditions(current, submitted.metadata, target.kind)
  const object = withStatus(current, submitted['status'])
  const { managedFields } = submitted.metadata
  return managedFields === undefined ? object : withMetadata(object, { managedFields })
}

/** Told to go. Undefined where nobody needs to tidy up and it is gone at once. */
export function dismissed(
  current: ApiObject,
  nowMs: number,
  finalizers: readonly string[] = current.metadata.finalizers ?? [],
): ApiObject | undefined {
  const held = finalizers.length === 0 ? withoutMetadata(current, 'finalizers') : withMetadata(current, { finalizers })
  if (current.metadata.deletionTimestamp !== undefined) return finalizers.length === 0 ? undefined : held
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that it looks at is in metadata
  const marked = markDeleted(held as unknown as KeptObject, new Date(nowMs)) as unknown as ApiObject | undefined
  if (marked === undefined) return undefined
  const going = withMetadata(marked, { deletionGracePeriodSeconds: 0 })
  return marked.metadata.generation === undefined ? going : nextGeneration(going)
}

const ours = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'resourceVersion',
  'namespace',
] as const

function oursOf(metadata: ObjectMeta): Partial<ObjectMeta> {
  const kept = Object.entries(metadata).filter(([field]) => ours.some((other) => other === field))
  return { name: metadata.name, ...Object.fromEntries(kept) }
}

function withStatus(object: ApiObject, status: ApiObject[string] | undefined): ApiObject {
  const { status: _dropped, ...rest } = object
  const { apiVersion, kind, metadata } = object
  return { ...rest, apiVersion, kind, metadata, ...(status === undefined ? {} : { status }) }
}

function nextGeneration(object: ApiObject): ApiObject {
  return withMetadata(object, { generation: (object.metadata.generation ?? 0) + 1 })
}

/** The same but for `metadata` and `status`. */
function isSameDeclaration(a: ApiObject, b: ApiObject): boolean {
  return isSame(declarationOf(a), declarationOf(b))
}

function declarationOf({ metadata: _metadata, status: _status, ...declaration }: ApiObject): JsonObject {
  return declaration
}

/** What a client says that it has seen must be what is there. */
export function checkPreconditions(
  current: ApiObject,
  { uid, resourceVersion }: Pick<ObjectMeta, 'uid' | 'resourceVersion'>,
  kind: ResourceKind,
): void {
  const { name } = current.metadata
  if (uid !== undefined && uid !== '' && uid !== current.metadata.uid) {
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
    )
  }
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== current.metadata.resourceVersion) {
    throw conflict(
      kind,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    )
  }
}

function conflict(kind: ResourceKind, name: string, words: string): ApiFailure {
  const message = `Operation cannot be fulfilled on ${qualified(kind)} ${JSON.stringify(name)}: ${words}`
  return new ApiFailure(failure('Conflict', message, { name, group: kind.group, kind: kind.plural }))
}

function checkNoNewFinalizers(current: ApiObject, finalizers: readonly string[], kind: ResourceKind): void {
  const before = current.metadata.finalizers ?? []
  const added = finalizers.filter((name) => !before.includes(name))
  if (added.length === 0) return
  const list = added.map((name) => JSON.stringify(name)).join(', ')
  const words = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`
  throw invalid(kind, current.metadata.name, [cause('FieldValueForbidden', 'metadata.finalizers', words)])
}
