import type { Json, JsonObject } from '../../../src/record/record.ts'
import { byCodeUnit, isList, isMap, mapOf } from '../../../src/record/managed-fields/json.ts'

export interface Pruned {
  readonly object: JsonObject
  /** Paths of what the schema does not know, as strict clients read them: `spec.partz`, `spec.parts[0].colour`. */
  readonly unknown: readonly string[]
}

/** An object without the fields that its schema does not name. `apiVersion`, `kind` and `metadata` are not the schema's. */
export function prune(object: JsonObject, schema: JsonObject): Pruned {
  const unknown: string[] = []
  const { apiVersion, kind, metadata, ...rest } = object
  const pruned = pruneValue(rest, { schema, path: '', unknown })
  const identity = mapOf(
    Object.entries({ apiVersion, kind, metadata }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  )
  return { object: { ...identity, ...(isMap(pruned) ? pruned : {}) }, unknown: unknown.toSorted(byCodeUnit) }
}

interface Place {
  readonly schema: JsonObject
  readonly path: string
  readonly unknown: string[]
}

function pruneValue(value: Json, place: Place): Json {
  if (isList(value)) return pruneItems(value, place)
  return isMap(value) ? pruneMap(value, place) : value
}

function pruneItems(items: readonly Json[], { schema, path, unknown }: Place): Json {
  const { items: itemSchema } = schema
  if (!isMap(itemSchema)) return items
  return items.map((item, at) => pruneValue(item, { schema: itemSchema, path: `${path}[${at}]`, unknown }))
}

function pruneMap(map: JsonObject, { schema, path, unknown }: Place): Json {
  const properties = isMap(schema['properties']) ? schema['properties'] : {}
  const entries: [string, Json][] = []
  for (const [name, value] of Object.entries(map)) {
    const below = path === '' ? name : `${path}.${name}`
    const known = schemaOfField(name, properties, schema)
    if (known === 'unknown') unknown.push(below)
    else entries.push([name, known === 'free' ? value : pruneValue(value, { schema: known, path: below, unknown })])
  }
  return mapOf(entries)
}

function schemaOfField(name: string, properties: JsonObject, schema: JsonObject): JsonObject | 'free' | 'unknown' {
  const named = Object.hasOwn(properties, name) ? properties[name] : undefined
  if (isMap(named)) return named
  const rest = schema['additionalProperties']
  if (isMap(rest)) return rest
  const isFree =
    rest === true || schema['x-kubernetes-preserve-unknown-fields'] === true || isMap(schema['patternProperties'])
  return isFree ? 'free' : 'unknown'
}
