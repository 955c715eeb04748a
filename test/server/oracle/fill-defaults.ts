import type { Json, JsonObject } from '../../../src/record/record.ts'
import { isList, isMap, mapOf } from '../../../src/record/managed-fields/json.ts'

/** Null means left out, except where the schema says `nullable`; yet only a default takes the place of one that was applied. */
export type Nulls = 'drop nulls' | 'keep nulls'

/** An object with the defaults of its schema. Source: Kubernetes docs, "Custom Resources: Defaulting and Nullable". */
export function fillDefaults(object: JsonObject, schema: JsonObject, nulls: Nulls): JsonObject {
  const { apiVersion, kind, metadata, ...rest } = object
  const identity = Object.entries({ apiVersion, kind, metadata }).flatMap(([name, value]): [string, Json][] =>
    value === undefined ? [] : [[name, value]],
  )
  return { ...mapOf(identity), ...fillMap(rest, schema, nulls) }
}

function fill(value: Json, schema: JsonObject, nulls: Nulls): Json {
  if (isMap(value)) return fillMap(value, schema, nulls)
  const { items } = schema
  return isList(value) && isMap(items) ? value.map((item) => fill(item, items, nulls)) : value
}

function fillMap(map: JsonObject, schema: JsonObject, nulls: Nulls): JsonObject {
  const properties = isMap(schema['properties']) ? schema['properties'] : {}
  const rest = schema['additionalProperties']
  const given = Object.entries(map).flatMap(([name, value]): [string, Json][] => {
    const field = Object.hasOwn(properties, name) ? properties[name] : rest
    if (!isMap(field)) return [[name, value]]
    const isDropped = isLeftOut(value, field) && (nulls === 'drop nulls' || field['default'] !== undefined)
    return isDropped ? [] : [[name, fill(value, field, nulls)]]
  })
  return mapOf([...defaultsFor(map, properties), ...given])
}

function defaultsFor(map: JsonObject, properties: JsonObject): readonly [string, Json][] {
  return Object.entries(properties).flatMap(([name, field]): [string, Json][] => {
    if (!isMap(field) || field['default'] === undefined) return []
    const isMissing = !Object.hasOwn(map, name) || isLeftOut(map[name] ?? null, field)
    return isMissing ? [[name, fill(field['default'], field, 'drop nulls')]] : []
  })
}

function isLeftOut(value: Json, schema: JsonObject): boolean {
  return value === null && schema['nullable'] !== true
}
