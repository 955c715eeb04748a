import type { JsonObject } from '../record.ts'
import { asJson } from '../as-json.ts'
import { isMap } from '../managed-fields/json.ts'

/** A manifest's schema in the words that OpenAPI v3 and a CRD allow, with the status that we write. */
export function manifestOpenapi(schema: object, status: JsonObject): JsonObject {
  const manifest = structural(asJson(schema))
  const properties = objectAt(manifest, 'properties')
  return {
    ...manifest,
    required: ['spec'],
    properties: { ...properties, metadata: { type: 'object' }, status },
  }
}

/** Words that a structural schema does not know: we check them, not whoever reads the schema. */
const dropped = new Set([
  'additionalProperties',
  'patternProperties',
  'x-change',
  'examples',
  'format',
  'anyOf',
  'required',
])

function structural(schema: JsonObject): JsonObject {
  const kept = Object.entries(schema).filter(([word]) => !dropped.has(word) && word !== 'type')
  return { ...typeOf(schema), ...Object.fromEntries(kept), ...requiredOf(schema), ...innerOf(schema) }
}

function typeOf({ type, anyOf }: JsonObject): JsonObject {
  if (anyOf !== undefined) return { 'x-kubernetes-preserve-unknown-fields': true }
  if (Array.isArray(type)) return { 'x-kubernetes-int-or-string': true }
  return type === undefined ? {} : { type }
}

/** What has a default may be left out. */
function requiredOf(schema: JsonObject): JsonObject {
  const { required } = schema
  if (!Array.isArray(required)) return {}
  const fields = objectAt(schema, 'properties')
  const asked = required.filter((name) => typeof name === 'string' && objectAt(fields, name)['default'] === undefined)
  return asked.length === 0 ? {} : { required: asked }
}

function innerOf(schema: JsonObject): JsonObject {
  const { items } = schema
  const fields = Object.entries(objectAt(schema, 'properties')).filter((entry): entry is [string, JsonObject] =>
    isMap(entry[1]),
  )
  const [values] = Object.values(objectAt(schema, 'patternProperties')).filter(isMap)
  return {
    ...(fields.length === 0
      ? {}
      : { properties: Object.fromEntries(fields.map(([name, field]) => [name, structural(field)])) }),
    ...(isMap(items) ? { items: structural(items), ...listWords(items) } : {}),
    ...(values === undefined ? {} : { additionalProperties: structural(values) }),
  }
}

/** A list of named things is owned thing by thing (server-side apply); any other as a whole. */
function listWords(items: JsonObject): JsonObject {
  const isNamed = objectAt(items, 'properties')['name'] !== undefined
  return isNamed
    ? { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }
    : { 'x-kubernetes-list-type': 'atomic' }
}

/** The object at `field`, or an empty one where there is none. */
function objectAt(value: JsonObject, field: string): JsonObject {
  const inner = value[field]
  return isMap(inner) ? inner : {}
}
