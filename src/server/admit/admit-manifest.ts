import { isDeepStrictEqual } from 'node:util'
import { asJson } from '../../record/as-json.ts'
import type { Json, JsonObject } from '../../record/record.ts'
import { checkGitSource } from '../../resource/check-git-source.ts'
import { checkStreamApp } from '../../resource/check-stream-app.ts'
import { didYouMean } from '../../resource/did-you-mean.ts'
import type { ManifestMistake } from '../../resource/manifest-mistake.ts'
import type { GitSourceDocument, StreamAppDocument } from '../../resource/parse-manifests.ts'
import { parseValue } from '../../resource/parse-value.ts'
import { isJsonObject, objectAt, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure, type StatusCause } from '../api-status.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import { cause, invalid, type Admitted, type AdmissionRequest, type FieldValidation } from './admission.ts'
import { fieldOf } from './field-of.ts'
import { prune } from './prune.ts'

/** A manifest as its schema and checks would have it: the very ones that `weir validate` runs. */
export function admitManifest(kind: ResourceKind, { object, current, fieldValidation }: AdmissionRequest): Admitted {
  const { metadata, status } = object
  const pruned = prune(asJson(object), kind.schema)
  const unknown = unknownFields(kind, newTo(current, pruned.unknown, kind), fieldValidation)
  const { spec, errors, warnings } = checked(parse(kind, object, pruned.value), object)
  const causes = [...errors.map(causeOf), ...immutableCauses(spec, current)]
  if (causes.length > 0) throw invalid(kind, metadata.name, causes)

  return {
    object: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata,
      spec,
      ...(status === undefined ? {} : { status }),
    },
    warnings: [...unknown, ...warnings.map((mistake) => `${fieldOf(mistake.path)}: ${wordsOf(mistake)}`)],
  }
}

/** Refuses what has fields that nobody knows, as `fieldValidation=Strict` asks. */
export function checkKnownFields(kind: ResourceKind, object: ApiObject): void {
  unknownFields(kind, prune(asJson(object), kind.schema).unknown, 'Strict')
}

/**
 * What the object has kept already is nobody's mistake now: a controller newer than this server writes a status that
 * this one has no schema for, and during a deploy the two run side by side.
 */
function newTo(
  current: ApiObject | undefined,
  unknown: readonly string[],
  { schema }: ResourceKind,
): readonly string[] {
  if (unknown.length === 0 || current === undefined) return unknown
  const kept = new Set(prune(asJson(current), schema).unknown)
  return unknown.filter((path) => !kept.has(path))
}

/** Warnings, or a refusal where the client asked to be strict. */
function unknownFields(
  { schema }: ResourceKind,
  paths: readonly string[],
  fieldValidation: FieldValidation,
): readonly string[] {
  if (paths.length === 0 || fieldValidation === 'Ignore') return []
  const told = paths.map((path) => `unknown field "${path}"`)
  if (fieldValidation === 'Warn') return told
  const hinted = paths.map((path, index) => `${told[index]} (${didYouMean(lastOf(path), knownBeside(schema, path))})`)
  throw new ApiFailure(failure('BadRequest', `strict decoding error: ${hinted.join(', ')}`))
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

type Document = StreamAppDocument | GitSourceDocument

function parse({ group, version, kind }: ResourceKind, { metadata }: ApiObject, pruned: Json): Document {
  const { name, namespace, labels, annotations } = metadata
  const spec = isJsonObject(pruned) ? pruned['spec'] : undefined
  const manifest = {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name, namespace, labels, annotations },
    ...(spec === undefined ? {} : { spec }),
  }
  const { apps, gitSources, mistakes } = parseValue('request', manifest)
  const [document] = [...apps, ...gitSources]
  if (document === undefined || mistakes.length > 0) throw invalid({ group, kind }, name, mistakes.map(causeOf))
  return document
}

interface Checked {
  /** With its defaults filled in. */
  readonly spec: JsonObject
  readonly errors: readonly ManifestMistake[]
  readonly warnings: readonly ManifestMistake[]
}

function checked(document: Document, object: ApiObject): Checked {
  if ('gitSource' in document) {
    return { spec: asJson(document.gitSource.spec), errors: checkGitSource(document), warnings: [] }
  }
  // The application's name stays out where it was left out: it follows the object's.
  const { applicationName, ...spec } = document.app.spec
  const isWritten = objectAt(object, 'spec')['applicationName'] !== undefined
  return { ...checkStreamApp(document), spec: asJson(isWritten ? { ...spec, applicationName } : spec) }
}

/** What would leave behind everything that was made: these cannot change once anything was. */
function immutableCauses(spec: JsonObject, current: ApiObject | undefined): readonly StatusCause[] {
  const { inventory } = objectAt(current, 'status')
  if (current?.kind !== 'StreamApp' || !Array.isArray(inventory) || inventory.length === 0) return []
  const before = objectAt(current, 'spec')
  const { name } = current.metadata
  const fields = [
    { field: 'spec.app', was: before['app'], is: spec['app'] },
    { field: 'spec.kafka.addon', was: objectAt(before, 'kafka')['addon'], is: objectAt(spec, 'kafka')['addon'] },
    { field: 'spec.applicationName', was: before['applicationName'] ?? name, is: spec['applicationName'] ?? name },
  ]
  return fields
    .filter(({ was, is }) => !isDeepStrictEqual(was, is))
    .map(({ field, was, is }) => {
      const words = `Invalid value: ${JSON.stringify(is)}: it is ${JSON.stringify(was)} and cannot change once something was made; declare another StreamApp, and delete this one`
      return cause('FieldValueInvalid', field, words)
    })
}

function causeOf(mistake: ManifestMistake): StatusCause {
  return cause('FieldValueInvalid', fieldOf(mistake.path), wordsOf(mistake))
}

function wordsOf({ message, hint }: ManifestMistake): string {
  return hint === undefined ? message : `${message}; ${hint}`
}
