import type { Json, JsonObject } from '../../record/record.ts'
import { isJsonObject, objectAt } from '../api-object.ts'

export interface Pruned {
  readonly value: Json
  /** `spec.topics[0].nmae` */
  readonly unknown: readonly string[]
}

/** Without the fields that a structural schema does not know. A CustomResourceDefinition's pruning, in Kubernetes' words. */
export function prune(value: Json, schema: JsonObject, path = ''): Pruned {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return { value, unknown: [] }
  if (Array.isArray(value)) return pruneList(value, objectAt(schema, 'items'), path)
  return isJsonObject(value) ? pruneObject(value, schema, path) : { value, unknown: [] }
}

function pruneList(list: readonly Json[], items: JsonObject, path: string): Pruned {
  const pruned = list.map((item, index) => prune(item, items, `${path}[${index}]`))
  return { value: pruned.map(({ value }) => value), unknown: pruned.flatMap(({ unknown }) => unknown) }
}

function pruneObject(object: JsonObject, schema: JsonObject, path: string): Pruned {
  const { properties, additionalProperties } = schema
  // A schema that says nothing of its fields (`metadata`, which is checked elsewhere) knows them all.
  if (properties === undefined && additionalProperties === undefined) return { value: object, unknown: [] }
  const known = isJsonObject(properties) ? properties : {}
  const unknown: string[] = []
  const kept: [string, Json][] = []
  for (const [name, value] of Object.entries(object)) {
    const field = Object.hasOwn(known, name) ? known[name] : additionalProperties
    const at = path === '' ? name : `${path}.${name}`
    if (!isJsonObject(field)) {
      unknown.push(at)
      continue
    }
    // Null says "left out" unless a schema allows it: the default then takes its place.
    if (value === null && field['nullable'] !== true) continue
    const below = prune(value, field, at)
    kept.push([name, below.value])
    unknown.push(...below.unknown)
  }
  return { value: Object.fromEntries(kept), unknown }
}
