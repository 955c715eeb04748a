import type { Json, JsonObject } from '../../../src/record/record.ts'
import { canonicalText, isList, isMap, mapOf } from '../../../src/record/managed-fields/json.ts'

/** Items that a set or a list with keys has twice: 422 with reason FieldValueDuplicate. */
export interface Duplicate {
  /** `spec.parts[1]` */
  readonly field: string
  readonly message: string
}

export function duplicateItems(value: Json, schema: JsonObject, path = ''): readonly Duplicate[] {
  if (isList(value)) return [...duplicatesOf(value, schema, path), ...inItems(value, schema, path)]
  if (!isMap(value)) return []
  const properties = isMap(schema['properties']) ? schema['properties'] : {}
  return Object.entries(value).flatMap(([name, item]) => {
    const field = Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties']
    return isMap(field) ? duplicateItems(item, field, path === '' ? name : `${path}.${name}`) : []
  })
}

function inItems(items: readonly Json[], schema: JsonObject, path: string): readonly Duplicate[] {
  const itemSchema = schema['items']
  return isMap(itemSchema) ? items.flatMap((item, at) => duplicateItems(item, itemSchema, `${path}[${at}]`)) : []
}

function duplicatesOf(items: readonly Json[], schema: JsonObject, path: string): readonly Duplicate[] {
  const type = schema['x-kubernetes-list-type']
  if (type !== 'set' && type !== 'map') return []
  const seen = new Set<string>()
  const duplicates: Duplicate[] = []
  for (const [at, item] of items.entries()) {
    const text = canonicalText(type === 'set' ? item : keysOf(item, schema))
    if (seen.has(text)) duplicates.push({ field: `${path}[${at}]`, message: `Duplicate value: ${text}` })
    seen.add(text)
  }
  return duplicates
}

function keysOf(item: Json, schema: JsonObject): Json {
  const keys = schema['x-kubernetes-list-map-keys']
  if (!isMap(item) || !isList(keys)) return item
  return mapOf(keys.filter((key) => typeof key === 'string').map((key) => [key, item[key] ?? null]))
}
