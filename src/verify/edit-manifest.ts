import { streamAppSchema } from '../resource/stream-app-schema.ts'
import { parseManifests } from '../resource/parse-manifests.ts'
import { asJson } from '../record/as-json.ts'
import type { Json, JsonObject } from '../record/record.ts'
import type { StreamApp } from '../resource/stream-app.ts'

/** One change of a manifest; undefined takes the field away. */
export interface Edit {
  readonly path: readonly (string | number)[]
  readonly value: Json | undefined
}

/** What of a JSON schema tells which values are worth trying. */
interface Schema {
  readonly type?: unknown
  readonly format?: unknown
  readonly enum?: readonly Json[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly minimum?: number
  readonly maximum?: number
  readonly examples?: readonly Json[]
}

/** Every edit of `spec` that the schema suggests: each value of an enum, both sides of each bound, all that may be left out. */
export function editsOfSchema(): readonly Edit[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a typebox schema is a JSON schema
  const { properties } = streamAppSchema as unknown as Schema
  return editsOf(properties?.['spec'] ?? {}, [])
}

function editsOf(schema: Schema, path: Edit['path']): readonly Edit[] {
  const here = (values: readonly (Json | undefined)[]): Edit[] => values.map((value) => ({ path, value }))
  const without = path.length === 0 ? [] : here([undefined])
  if (schema.properties !== undefined) {
    const inside = Object.entries(schema.properties).flatMap(([name, field]) => editsOf(field, [...path, name]))
    return [...without, ...inside]
  }
  if (schema.items !== undefined) {
    return [...without, ...here([[]]), ...[0, 1, 2].flatMap((at) => editsOf(schema.items ?? {}, [...path, at]))]
  }
  return [...without, ...here(valuesOf(schema)), ...here(path.at(-1) === 2 ? [] : settingsOf(path))]
}

function valuesOf({ type, format, enum: choices, minimum, maximum, examples = [] }: Schema): readonly Json[] {
  if (choices !== undefined) return choices
  if (type === 'boolean') return [true, false]
  if (typeof format === 'string' && byFormat[format] !== undefined) return byFormat[format]
  if (type === 'integer') {
    const bounds = [minimum ?? 0, maximum ?? 10]
    return [...bounds.flatMap((bound) => [bound - 1, bound]), 2, 3, 6, 7]
  }
  return [...examples, '']
}

/** Values that mean something, where a type alone would only give values that are refused. */
const byFormat: Readonly<Record<string, readonly Json[]>> = {
  duration: ['1h', '24h', '48h', '7d', '8d', '24h - 1', 86_400_000],
  'dyno-size': ['standard-1x', 'standard-2x', 'Performance-M', 'basic', 'eco'],
  'process-type': ['worker', 'web', 'clock', 'absent'],
  'topic-name': ['lines', 'orders', 'word-count-counts-changelog', 'word.counts', 'wisla-12345.lines'],
  'addon-name': ['KAFKA', 'OTHER', 'kafka-curved-12345'],
  'heroku-app': ['no-such-app'],
  'kafka-plan': ['basic-0', 'standard-0', 'standard-9'],
}

/** Free settings of Kafka Streams: one of one's own, one that has a field already, and one that is none. */
function settingsOf(path: Edit['path']): readonly Json[] {
  if (path.join('.') !== 'streams.config') return []
  return [{}, { 'commit.interval.ms': 500 }, { 'num.stream.threads': 9 }, { 'cache.max.bytes': true }]
}

/** The manifest with the edit made, or undefined where the door refuses it. */
export function edited(app: StreamApp, { path, value }: Edit): StreamApp | undefined {
  const { apiVersion, kind, metadata, spec } = app
  const changed = withValue(asJson(spec), path, value)
  const bytes = new TextEncoder().encode(JSON.stringify({ apiVersion, kind, metadata, spec: changed }))
  const { apps, mistakes } = parseManifests([{ name: 'edited', bytes }])
  return mistakes.length === 0 ? apps[0]?.app : undefined
}

function withValue(within: Json | undefined, [head, ...rest]: Edit['path'], value: Json | undefined): Json | undefined {
  if (head === undefined) return value
  if (typeof head === 'number') {
    const list: readonly Json[] = isList(within) ? within : []
    if (head > list.length) return within
    const next = withValue(list[head], rest, value)
    return next === undefined ? list.toSpliced(head, 1) : list.toSpliced(head, 1, next)
  }
  const { [head]: inside, ...others } = isObject(within) ? within : {}
  const next = withValue(inside, rest, value)
  return next === undefined ? others : { ...others, [head]: next }
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value)
}
