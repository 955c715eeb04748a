import type { Json, JsonObject } from '../record.ts'

export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** A property that the object has itself: a label may be called `constructor`. */
export function own(map: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

/** The same value, whatever the order of its keys. */
export function isSame(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true
  if (isList(left)) {
    return isList(right) && left.length === right.length && left.every((item, at) => isSame(item, right[at]))
  }
  if (!isMap(left) || !isMap(right)) return false
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]))
  )
}

/** JSON text with sorted keys, escaped as Go does: one text for one value, here and in the genuine server. */
export function canonicalText(value: Json): string {
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`
  if (!isMap(value)) return goText(value)
  const fields = sortedKeys(value).map((key) => `${goText(key)}:${canonicalText(value[key] ?? null)}`)
  return `{${fields.join(',')}}`
}

function goText(value: Json): string {
  const text = JSON.stringify(value)
  if (!/[<>&\u2028\u2029]/.test(text)) return text
  return text.replaceAll(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** By code unit: the order in which the genuine server prints keys, for all that is ASCII. */
function sortedKeys(map: object): readonly string[] {
  return Object.keys(map).toSorted(byCodeUnit)
}

export function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** Defines the key even where assigning would set a prototype (`__proto__`). */
export function mapOf(entries: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(entries)
}
