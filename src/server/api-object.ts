import type { Json, JsonObject } from '../record/record.ts'
import { ApiFailure, failure } from './api-status.ts'

/** An object as the API speaks of it. Kubernetes' `metav1.ObjectMeta`, the parts that we keep. */
export type ApiObject = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [field: string]: Json
}

export type ObjectMeta = {
  readonly name: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: { readonly [name: string]: string }
  readonly annotations?: { readonly [name: string]: string }
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly OwnerReference[]
  readonly managedFields?: readonly JsonObject[]
}

export type OwnerReference = {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object at `field`, or an empty one where there is none. */
export function objectAt(value: unknown, field: string): JsonObject {
  const inner = isJsonObject(value) ? value[field] : undefined
  return isJsonObject(inner) ? inner : {}
}

/** Kubernetes' timestamps have whole seconds. */
export function timestamp(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`
}

/** What kind of object something is. Typed clients leave it out, where the address says it. */
interface Head {
  readonly apiVersion: string
  readonly kind: string
}

/** What a client sends, with what of it nobody knows. */
export interface Submitted {
  readonly object: ApiObject
  /** Of `metadata`, which is read at the door: `metadata.nmae`. The rest of the object keeps them until it is admitted. */
  readonly unknown: readonly string[]
}

/** As `readApiObject`, for what a client wrote and should hear about. */
export function readSubmitted(value: unknown, usual: Partial<Head> = {}): Submitted {
  const object = readApiObject(value, usual)
  const { metadata } = isJsonObject(value) ? value : {}
  const names = isJsonObject(metadata) ? Object.keys(metadata) : []
  const known = new Set([...Object.keys(metadataFields), 'selfLink'])
  return { object, unknown: names.filter((name) => !known.has(name)).map((name) => `metadata.${name}`) }
}

/**
 * A request's body as an object: its outline is checked here, at the door, and
 * trusted from there on. `usual` is what it is where it does not say. What `metadata` has that is not known is dropped.
 */
export function readApiObject(value: unknown, usual: Partial<Head> = {}): ApiObject {
  if (!isJsonObject(value)) throw new ApiFailure(failure('BadRequest', 'the body must be one JSON object'))
  const { apiVersion, kind, metadata, ...fields }: JsonObject = { metadata: {}, ...usual, ...value }
  if (typeof apiVersion === 'string' && typeof kind === 'string' && isJsonObject(metadata)) {
    const mistakes = metadataMistakes(metadata)
    if (mistakes.length === 0) return { ...fields, apiVersion, kind, metadata: readMetadata(metadata) }
    throw new ApiFailure(failure('BadRequest', `the body is no object of this API: ${mistakes.join('; ')}`))
  }
  const words = 'the body is no object of this API: apiVersion and kind must be texts, and metadata an object'
  throw new ApiFailure(failure('BadRequest', words))
}

const isText = (value: unknown): boolean => typeof value === 'string'
const isWhole = (value: unknown): boolean => Number.isInteger(value)
const isTextMap = (value: unknown): boolean => isJsonObject(value) && Object.values(value).every(isText)
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every(isText)
const isObjectList = (value: unknown): boolean => Array.isArray(value) && value.every(isJsonObject)
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const ownerFields = {
  apiVersion: isText,
  kind: isText,
  name: isText,
  uid: isText,
  controller: isFlag,
  blockOwnerDeletion: isFlag,
}
/** Which of them must be said is told field by field, with everything else that is wrong (`check-metadata.ts`). */
const isOwnerList = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (owner) =>
      isJsonObject(owner) &&
      Object.entries(ownerFields).every(([at, check]) => (owner[at] ?? null) === null || check(owner[at])),
  )

const metadataFields: Readonly<Record<string, readonly [check: (value: unknown) => boolean, words: string]>> = {
  name: [isText, 'a text'],
  generateName: [isText, 'a text'],
  namespace: [isText, 'a text'],
  uid: [isText, 'a text'],
  resourceVersion: [isText, 'a text'],
  generation: [isWhole, 'a whole number'],
  creationTimestamp: [isText, 'a text'],
  deletionTimestamp: [isText, 'a text'],
  deletionGracePeriodSeconds: [isWhole, 'a whole number'],
  labels: [isTextMap, 'a map of texts; put numbers, true and false in quotes'],
  annotations: [isTextMap, 'a map of texts; put numbers, true and false in quotes'],
  finalizers: [isTextList, 'a list of texts'],
  ownerReferences: [isOwnerList, 'a list of objects with apiVersion, kind, name and uid as texts'],
  managedFields: [isObjectList, 'a list of objects'],
}

function metadataMistakes(metadata: JsonObject): readonly string[] {
  return Object.entries(metadataFields).flatMap(([field, [check, words]]) => {
    const value = metadata[field]
    return value === undefined || value === null || check(value) ? [] : [`metadata.${field} must be ${words}`]
  })
}

/** As the API server's own type decodes it: what holds nothing or is not known is left out. */
function readMetadata(metadata: JsonObject): ObjectMeta {
  const known = Object.entries(metadata).filter(
    ([field, value]) => !holdsNothing(value) && Object.hasOwn(metadataFields, field),
  )
  return { name: '', ...Object.fromEntries(known) }
}

/** `labels: {}` is not kept; whoever applies it owns it all the same, as on the genuine server. */
function holdsNothing(value: Json): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
}

export function withMetadata(object: ApiObject, changes: Partial<ObjectMeta>): ApiObject {
  return { ...object, metadata: { ...object.metadata, ...changes } }
}

/** Without the fields of `metadata` that are named. */
export function withoutMetadata(object: ApiObject, ...fields: readonly (keyof ObjectMeta)[]): ApiObject {
  const kept = Object.entries(object.metadata).filter(([field]) => !fields.some((other) => other === field))
  return { ...object, metadata: { name: object.metadata.name, ...Object.fromEntries(kept) } }
}

/** As a reader expects to see it, whatever order the record hands it back in. */
export function inReadingOrder(object: ApiObject): ApiObject {
  const { apiVersion, kind, metadata, spec, status, ...rest } = object
  return {
    apiVersion,
    kind,
    metadata,
    ...rest,
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
  }
}
