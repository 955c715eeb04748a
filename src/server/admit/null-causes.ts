import type { Json, JsonObject } from '../../record/record.ts'
import { isJsonObject, objectAt } from '../api-object.ts'
import type { StatusCause } from '../api-status.ts'
import { cause } from './admission.ts'

/**
 * What of an applied object is null and may not be. Elsewhere null says "left out"; in an apply it comes, too, where
 * an applier has taken the last of what somebody else still owns, and is refused by Kubernetes' API, so by ours.
 */
export function nullCauses(value: Json | undefined, schema: JsonObject, path: string): readonly StatusCause[] {
  if (value === undefined || schema['x-kubernetes-preserve-unknown-fields'] === true) return []
  if (value === null) return allowsNull(schema) ? [] : [cause('FieldValueTypeInvalid', path, words(schema))]
  if (Array.isArray(value)) {
    const items = objectAt(schema, 'items')
    return value.flatMap((item: Json, at) => nullCauses(item, items, `${path}[${at}]`))
  }
  return isJsonObject(value) ? causesOfMap(value, schema, path) : []
}

function causesOfMap(map: JsonObject, schema: JsonObject, path: string): readonly StatusCause[] {
  const known = objectAt(schema, 'properties')
  return Object.entries(map).flatMap(([name, value]) => {
    const field = Object.hasOwn(known, name) ? known[name] : schema['additionalProperties']
    return isJsonObject(field) ? nullCauses(value, field, `${path}.${name}`) : []
  })
}

/** A default takes the place of null. */
function allowsNull(schema: JsonObject): boolean {
  return schema['nullable'] === true || schema['default'] !== undefined
}

const names: Readonly<Record<string, string>> = { array: 'list', object: 'map' }

function words({ type }: JsonObject): string {
  const name = typeof type === 'string' ? names[type] : undefined
  const hint =
    name === undefined
      ? 'leave it out'
      : `leave it out if you wrote it; if you took its last item away, somebody else owns the empty ${name}: keep an item, or have its owner remove it`
  return `Invalid value: "null": ${hint}`
}
