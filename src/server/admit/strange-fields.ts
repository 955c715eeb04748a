import type { Json, JsonObject } from '../../record/record.ts'
import { didYouMean } from '../../resource/did-you-mean.ts'
import { objectAt, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { allKinds } from '../kinds/all-kinds.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import { mostTold, type AdmissionRequest, type FieldValidation, type StrangeField } from './admission.ts'
import { prune } from './prune.ts'

interface Known {
  /** Without the fields that nobody knows. */
  readonly value: Json
  readonly warnings: readonly string[]
}

/** The object as its schema knows it: what is strange is told, or refused, as `fieldValidation` asks. */
export function known(kind: ResourceKind, request: AdmissionRequest): Known {
  const { object, current, fieldValidation, strange = [], isPatch = false } = request
  const { value, unknown } = pruned(kind, object)
  const found = [...strange, ...newTo(current, unknown, kind).map(unknownAt)]
  return { value, warnings: judge(kind, found, fieldValidation, isPatch ? 'Invalid' : 'BadRequest') }
}

/** What an applier sends, before it is merged: what it does not know it does not own either. */
export function checkApplied(
  kind: ResourceKind,
  { object, strange, fieldValidation }: AppliedFields,
): readonly string[] {
  const unknown = fieldValidation === 'Strict' ? pruned(kind, object).unknown.map(unknownAt) : []
  return judge(kind, [...strange, ...unknown], fieldValidation)
}

interface AppliedFields {
  readonly object: ApiObject
  readonly strange: readonly StrangeField[]
  readonly fieldValidation: FieldValidation
}

function unknownAt(path: string): StrangeField {
  return { why: 'unknown', path }
}

function pruned(kind: ResourceKind, object: ApiObject): ReturnType<typeof prune> {
  return prune(object, schemas.get(kind) ?? kind.schema)
}

const schemas: ReadonlyMap<ResourceKind, JsonObject> = new Map(allKinds.map((kind) => [kind, withHead(kind.schema)]))

/** Of the core kinds the schema says only what is their own. */
function withHead(schema: JsonObject): JsonObject {
  const properties = { apiVersion: {}, kind: {}, metadata: {}, ...objectAt(schema, 'properties') }
  return { ...schema, properties }
}

/**
 * What the object has kept already is nobody's mistake now: a controller newer than this server writes a status that
 * this one has no schema for, and during a deploy the two run side by side.
 */
function newTo(current: ApiObject | undefined, unknown: readonly string[], kind: ResourceKind): readonly string[] {
  if (unknown.length === 0 || current === undefined) return unknown
  const kept = new Set(pruned(kind, current).unknown)
  return unknown.filter((path) => !kept.has(path))
}

/** Warnings, or a refusal where the client asked to be strict. */
function judge(
  { schema }: ResourceKind,
  strange: readonly StrangeField[],
  fieldValidation: FieldValidation,
  reason: 'BadRequest' | 'Invalid' = 'BadRequest',
): readonly string[] {
  if (strange.length === 0 || fieldValidation === 'Ignore') return []
  const told = strange.slice(0, mostTold).map(({ why, path }) => ({ words: `${why} field "${path}"`, why, path }))
  const more = strange.length - told.length
  const rest = more === 0 ? [] : [`and ${more} more`]
  if (fieldValidation === 'Warn') return [...told.map(({ words }) => words), ...rest]
  const hinted = told.map(({ words, why, path }) => {
    const others = why === 'unknown' ? knownBeside(schema, path) : []
    return others.length === 0 ? words : `${words} (${didYouMean(lastOf(path), others)})`
  })
  throw new ApiFailure(failure(reason, `strict decoding error: ${[...hinted, ...rest].join(', ')}`))
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

/** The fields that could have been meant. */
function knownBeside(whole: JsonObject, path: string): readonly string[] {
  const steps = path.split('.').slice(0, -1)
  const schema = steps.reduce<JsonObject>((at, step) => {
    const field = objectAt(objectAt(at, 'properties'), step.replace(/(\[\d+\])+$/, ''))
    return step.endsWith(']') ? objectAt(field, 'items') : field
  }, whole)
  return Object.keys(objectAt(schema, 'properties'))
}
