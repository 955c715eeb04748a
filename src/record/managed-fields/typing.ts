import type { Json, JsonObject } from '../record.ts'
import { canonicalText, isList, isMap, mapOf } from './json.ts'

/**
 * What owning means for a value: whether it is owned as one, or field by field
 * and item by item. Kubernetes' structured merge: lists are atomic unless
 * `x-kubernetes-list-type` says otherwise, maps granular unless `x-kubernetes-map-type` does.
 */
export type Typing = Scalar | MapTyping | ListTyping | Deduced

export interface Scalar {
  readonly kind: 'scalar'
  /** `any`: x-kubernetes-int-or-string, quantities. */
  readonly type: 'string' | 'number' | 'boolean' | 'any'
}

export interface MapTyping {
  readonly kind: 'map'
  readonly atomic: boolean
  readonly fields: ReadonlyMap<string, Typing>
  /** Of fields that are not named; undefined: there are none. */
  readonly rest: Typing | undefined
}

export interface ListTyping {
  readonly kind: 'list'
  readonly as: 'atomic' | 'set' | 'map'
  /** The fields that tell the items of a `map` apart. */
  readonly keys: readonly string[]
  /** What a key is where an item leaves it out. */
  readonly keyDefaults: JsonObject
  readonly items: Typing
}

/** Nothing is known: maps are granular, lists atomic. */
export interface Deduced {
  readonly kind: 'deduced'
}

/** What a value turned out to be. */
export type Shape = Scalar | MapTyping | ListTyping

export const text: Scalar = { kind: 'scalar', type: 'string' }
export const number: Scalar = { kind: 'scalar', type: 'number' }
export const flag: Scalar = { kind: 'scalar', type: 'boolean' }
export const anyScalar: Scalar = { kind: 'scalar', type: 'any' }
export const deduced: Deduced = { kind: 'deduced' }

export function record(fields: Readonly<Record<string, Typing>>, atomic = false): MapTyping {
  return { kind: 'map', atomic, fields: new Map(Object.entries(fields)), rest: undefined }
}

export function dictionary(rest: Typing, atomic = false): MapTyping {
  return { kind: 'map', atomic, fields: new Map(), rest }
}

export function listOf(items: Typing): ListTyping {
  return { kind: 'list', as: 'atomic', keys: [], keyDefaults: {}, items }
}

export function setOfItems(items: Typing): ListTyping {
  return { kind: 'list', as: 'set', keys: [], keyDefaults: {}, items }
}

export function listByKeys(keys: readonly string[], items: Typing, keyDefaults: JsonObject = {}): ListTyping {
  return { kind: 'list', as: 'map', keys, keyDefaults, items }
}

const deducedMap = dictionary(deduced)
const deducedList = listOf(deduced)

/** A value under its typing; null takes whatever form the typing allows. */
export function shapeOf(typing: Typing, value: Json | undefined): Shape {
  if (typing.kind !== 'deduced') return typing
  if (value === undefined || value === null || isMap(value)) return deducedMap
  return isList(value) ? deducedList : anyScalar
}

/** The typing of a field; undefined where the map has none of that name. */
export function typingOfField(map: MapTyping, name: string): Typing | undefined {
  return map.fields.get(name) ?? map.rest
}

/** The typing one step below, where the step goes into a field or an item with keys. */
export function typingBelow(typing: Typing | undefined, element: string): Typing | undefined {
  if (typing?.kind === 'map' && element.startsWith('f:')) return typingOfField(typing, element.slice(2))
  return typing?.kind === 'list' && element.startsWith('k:') ? typing.items : undefined
}

/** The step to an item of a set or of a list with keys; undefined where the item does not say which one it is. */
export function elementOf(item: Json, list: ListTyping): string | undefined {
  if (list.as !== 'map') return item === null || typeof item === 'object' ? undefined : `v:${canonicalText(item)}`
  if (!isMap(item)) return undefined
  const entries = list.keys.flatMap((key): [string, Json][] => {
    const value = Object.hasOwn(item, key) ? item[key] : list.keyDefaults[key]
    return value === undefined ? [] : [[key, value]]
  })
  return entries.length === 0 ? undefined : `k:${canonicalText(mapOf(entries))}`
}
