import type { Json, JsonObject } from '../record.ts'
import { isList, isMap } from './json.ts'
import { objectMeta } from './metadata-typing.ts'
import { anyScalar, deduced, flag, number, text, type ListTyping, type MapTyping, type Typing } from './typing.ts'

/** The typing of a kind whose schema is JSON Schema with Kubernetes' extensions; metadata is Kubernetes' own. */
export function typingOfKind(schema: JsonObject): Typing {
  const typing = typingOfSchema(schema)
  if (typing.kind !== 'map') return typing
  const fields = new Map([...typing.fields, ['apiVersion', text], ['kind', text], ['metadata', objectMeta]] as const)
  return { ...typing, fields }
}

function typingOfSchema(schema: JsonObject): Typing {
  if (schema['x-kubernetes-int-or-string'] === true) return anyScalar
  const type = schema['type']
  switch (typeof type === 'string' ? type : '') {
    case 'object':
      return mapTyping(schema)
    case 'array':
      return listTyping(schema)
    case 'string':
      return text
    case 'integer':
    case 'number':
      return number
    case 'boolean':
      return flag
    default:
      return isList(type) ? anyScalar : deduced
  }
}

function mapTyping(schema: JsonObject): MapTyping {
  const properties = mapAt(schema, 'properties')
  return {
    kind: 'map',
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    fields: new Map(
      Object.entries(properties).map(([name, field]) => [name, typingOfSchema(isMap(field) ? field : {})]),
    ),
    rest: restOf(schema),
  }
}

/** Without a word about other fields an object that names some has no others, and one that names none takes any. */
function restOf(schema: JsonObject): Typing | undefined {
  const rest = schema['additionalProperties']
  if (isMap(rest)) return typingOfSchema(rest)
  if (schema['x-kubernetes-preserve-unknown-fields'] === true || rest === true) return deduced
  const dictionary = Object.values(mapAt(schema, 'patternProperties')).find(isMap)
  if (dictionary !== undefined) return typingOfSchema(dictionary)
  const namesNone = Object.keys(mapAt(schema, 'properties')).length === 0
  return rest === undefined && namesNone ? deduced : undefined
}

function listTyping(schema: JsonObject): ListTyping {
  const items = mapAt(schema, 'items')
  const typing = { kind: 'list', items: typingOfSchema(items) } as const
  const listType = schema['x-kubernetes-list-type']
  if (listType !== 'map') return { ...typing, as: listType === 'set' ? 'set' : 'atomic', keys: [], keyDefaults: {} }
  const written = schema['x-kubernetes-list-map-keys']
  const keys = (isList(written) ? written : []).filter((key) => typeof key === 'string')
  return { ...typing, as: 'map', keys, keyDefaults: defaultsOf(keys, mapAt(items, 'properties')) }
}

function defaultsOf(keys: readonly string[], properties: JsonObject): JsonObject {
  const defaults: Record<string, Json> = {}
  for (const key of keys) {
    const fallback = mapAt(properties, key)['default']
    if (fallback !== undefined) defaults[key] = fallback
  }
  return defaults
}

function mapAt(schema: JsonObject, key: string): JsonObject {
  const value = schema[key]
  return isMap(value) ? value : {}
}
