import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from './record.ts'

/** An object as the record keeps it: what its owner declared, and what the control plane adds. Kubernetes' API conventions. */
export type KeptObject = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: KeptMetadata
  readonly spec: JsonObject
  readonly status?: JsonObject
}

type KeptMetadata = {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  /** Grows with each change of `spec`, and with nothing else. */
  readonly generation: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  /** Who must tidy up before the object may go. */
  readonly finalizers?: readonly string[]
  readonly labels?: { readonly [name: string]: string }
  readonly annotations?: { readonly [name: string]: string }
}

/** What an owner declares. */
export interface Declaration {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Pick<KeptMetadata, 'name' | 'namespace' | 'labels' | 'annotations'>
  readonly spec: JsonObject
}

export interface Birth {
  readonly uid: string
  readonly at: Date
  readonly finalizers: readonly string[]
}

/** The object after its owner declared it, for the first time or again. `birth` is used the first time only. */
export function declare(
  current: KeptObject | undefined,
  { metadata, ...declared }: Declaration,
  birth: Birth,
): KeptObject {
  if (current === undefined) {
    const { uid, at, finalizers } = birth
    return { ...declared, metadata: { ...metadata, uid, generation: 1, creationTimestamp: timestamp(at), finalizers } }
  }
  const isSameSpec = isDeepStrictEqual(current.spec, declared.spec)
  const { labels: _labels, annotations: _annotations, ...kept } = current.metadata
  const generation = kept.generation + (isSameSpec ? 0 : 1)
  return { ...current, ...declared, metadata: { ...kept, ...metadata, generation } }
}

export function withStatus(object: KeptObject, status: JsonObject): KeptObject {
  return { ...object, status }
}

/** Marked to go, or undefined where nobody needs to tidy up and it may go at once. */
export function markDeleted(object: KeptObject, at: Date): KeptObject | undefined {
  if ((object.metadata.finalizers ?? []).length === 0) return undefined
  if (object.metadata.deletionTimestamp !== undefined) return object
  return { ...object, metadata: { ...object.metadata, deletionTimestamp: timestamp(at) } }
}

/** `finalizer` has tidied up. Undefined where that was the last thing the object waited for. */
export function withoutFinalizer(object: KeptObject, finalizer: string): KeptObject | undefined {
  const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer)
  const isDone = finalizers.length === 0 && object.metadata.deletionTimestamp !== undefined
  return isDone ? undefined : { ...object, metadata: { ...object.metadata, finalizers } }
}

/** Kubernetes' timestamps have whole seconds. */
function timestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}
