import type { Json, JsonObject } from '../../record/record.ts'
import { isJsonObject, objectAt } from '../api-object.ts'

export interface Pruned {
  readonly value: Json
  /** `spec.topics[0].nmae` */
  readonly unknown: readonly string[]
}

/** Without the fields that a structural schema does not know. A CustomResourceDefinition's pruning, in Kubernetes' words. */
export function prune(value: Json, schema: JsonObject): Pruned {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return { value, unknown: none }
  if (Array.isArray(value)) return pruneList(value, objectAt(schema, 'items'))
  return isJsonObject(value) ? pruneObject(value, schema) : { value, unknown: none }
}

const none: readonly string[] = []

function pruneList(list: readonly Json[], items: JsonObject): Pruned {
  const pruned = list.map((item) => prune(item, items))
  const unknown = pruned.flatMap((item, index) => item.unknown.map((path) => below(`[${index}]`, path)))
  return { value: pruned.map(({ value }) => value), unknown }
}

function pruneObject(object: JsonObject, schema: JsonObject): Pruned {
  const { properties, additionalProperties } = schema
  // A schema that says nothing of its fields (`metadata`, which is checked elsewhere) knows them all.
  if (properties === undefined && additionalProperties === undefined) return { value: object, unknown: none }
  const known = isJsonObject(properties) ? properties : {}
  const unknown: string[] = []
  const kept: [string, Json][] = []
  for (const [name, value] of Object.entries(object)) {
    const field = Object.hasOwn(known, name) ? known[name] : additionalProperties
    if (!isJsonObject(field)) {
      unknown.push(name)
      continue
    }
    // Null says "left out" unless a schema allows it: the default then takes its place.
    if (value === null && field['nullable'] !== true) continue
    const inner = prune(value, field)
    kept.push([name, inner.value])
    for (const path of inner.unknown) unknown.push(below(name, path))
  }
  return { value: Object.fromEntries(kept), unknown }
}

/** Put together on the way back: most fields are known, and need no path. */
function below(step: string, path: string): string {
  return path.startsWith('[') ? `${step}${path}` : `${step}.${path}`
}
