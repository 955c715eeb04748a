import type { JsonObject } from '../../record/record.ts'
import { asJson } from '../../record/as-json.ts'
import { streamAppSchema } from '../../resource/stream-app-schema.ts'
import { isJsonObject, objectAt } from '../api-object.ts'

const text = (description: string): JsonObject => ({ type: 'string', description })
const whole = (description: string): JsonObject => ({ type: 'integer', format: 'int64', description })

/** What the controller writes: `StreamAppStatus`, stamped. */
const status: JsonObject = {
  type: 'object',
  description: 'What was found; written by Weirkeeper, ignored when you write it.',
  properties: {
    observedGeneration: whole('The generation that this status speaks of.'),
    conditions: {
      type: 'array',
      description: 'Ready says whether all is as asked and seen; Reconciling and Stalled are listed while true.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: {
        type: 'object',
        description: 'One condition.',
        required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
        properties: {
          type: text('Ready, Reconciling, Stalled, TopicsReady, GroupReady, ConfigApplied, Scaled or Drifted.'),
          status: text('True, False or Unknown.'),
          reason: text('One word, the same as in the log.'),
          message: text('What is to be known, or done.'),
          lastTransitionTime: { ...text('Since when it has this status.'), format: 'date-time' },
          observedGeneration: whole('The generation that this condition speaks of.'),
        },
      },
    },
    applicationId: { ...text('application.id with prefix; null where the cluster could not be seen.'), nullable: true },
    tasks: { ...whole('Stream tasks; null while the partitions of a source are unknown.'), nullable: true },
    dynos: {
      type: 'object',
      description: 'How many dynos.',
      properties: {
        desired: whole('Asked for.'),
        cap: whole('More than this would have nothing to do.'),
        running: {
          description: 'Up, or "unknown" where nobody could look.',
          'x-kubernetes-int-or-string': true,
        },
      },
    },
    inventory: {
      type: 'array',
      description: 'Everything that this object has made or keeps.',
      'x-kubernetes-list-type': 'atomic',
      items: { type: 'object', description: 'One thing.', 'x-kubernetes-preserve-unknown-fields': true },
    },
  },
}

function manifestSchema(): JsonObject {
  const manifest = structural(asJson(streamAppSchema))
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
    isJsonObject(entry[1]),
  )
  const [values] = Object.values(objectAt(schema, 'patternProperties')).filter(isJsonObject)
  return {
    ...(fields.length === 0
      ? {}
      : { properties: Object.fromEntries(fields.map(([name, field]) => [name, structural(field)])) }),
    ...(isJsonObject(items) ? { items: structural(items), ...listWords(items) } : {}),
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

/** The one schema of the manifest, in the words that OpenAPI v3 and a CRD allow. */
export const streamAppOpenapi: JsonObject = manifestSchema()
