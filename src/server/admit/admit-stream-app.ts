import { isDeepStrictEqual } from 'node:util'
import { asJson } from '../../record/as-json.ts'
import type { JsonObject } from '../../record/record.ts'
import { checkStreamApp } from '../../resource/check-stream-app.ts'
import { didYouMean } from '../../resource/did-you-mean.ts'
import type { ManifestMistake } from '../../resource/manifest-mistake.ts'
import { parseManifests, type StreamAppDocument } from '../../resource/parse-manifests.ts'
import { isJsonObject, objectAt, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure, type StatusCause } from '../api-status.ts'
import { streamAppKind } from '../kinds/stream-app-kind.ts'
import { cause, invalid, type Admitted, type AdmissionRequest, type FieldValidation } from './admission.ts'
import { prune } from './prune.ts'

/** A StreamApp as the manifest's schema and checks would have it: the very ones that `weir validate` runs. */
export function admitStreamApp({ object, current, fieldValidation }: AdmissionRequest): Admitted {
  const { metadata, status } = object
  const pruned = prune(asJson(object), streamAppKind.schema)
  const unknown = unknownFields(pruned.unknown, fieldValidation)
  const document = parse(metadata, objectAt(pruned.value, 'spec'), pruned.value)
  const { errors, warnings } = checkStreamApp(document)
  const causes = [...errors.map(causeOf), ...immutableCauses(document, current)]
  if (causes.length > 0) throw invalid(streamAppKind, metadata.name, causes)

  const { apiVersion, kind } = object
  return {
    object: { apiVersion, kind, metadata, spec: specOf(document, object), ...(status === undefined ? {} : { status }) },
    warnings: [...unknown, ...warnings.map((mistake) => `${fieldOf(mistake.path)}: ${wordsOf(mistake)}`)],
  }
}

/** Refuses what has fields that nobody knows, as `fieldValidation=Strict` asks. */
export function checkKnownFields(object: ApiObject): void {
  unknownFields(prune(asJson(object), streamAppKind.schema).unknown, 'Strict')
}

/** Warnings, or a refusal where the client asked to be strict. */
function unknownFields(paths: readonly string[], fieldValidation: FieldValidation): readonly string[] {
  if (paths.length === 0 || fieldValidation === 'Ignore') return []
  const told = paths.map((path) => `unknown field "${path}"`)
  if (fieldValidation === 'Warn') return told
  const hinted = paths.map((path, index) => `${told[index]} (${didYouMean(lastOf(path), knownBeside(path))})`)
  throw new ApiFailure(failure('BadRequest', `strict decoding error: ${hinted.join(', ')}`))
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

/** The fields that could have been meant. */
function knownBeside(path: string): readonly string[] {
  const steps = path.split('.').slice(0, -1)
  const schema = steps.reduce<JsonObject>((at, step) => {
    const field = objectAt(objectAt(at, 'properties'), step.replace(/(\[\d+\])+$/, ''))
    return step.endsWith(']') ? objectAt(field, 'items') : field
  }, streamAppKind.schema)
  return Object.keys(objectAt(schema, 'properties'))
}

function parse(metadata: ApiObject['metadata'], spec: JsonObject, whole: unknown): StreamAppDocument {
  const { name, namespace, labels, annotations } = metadata
  const hasSpec = isJsonObject(whole) && whole['spec'] !== undefined
  const { group, version, kind } = streamAppKind
  const manifest = {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name, namespace, labels, annotations },
    ...(hasSpec ? { spec } : {}),
  }
  const bytes = new TextEncoder().encode(JSON.stringify(manifest))
  const { apps, mistakes } = parseManifests([{ name: 'request', bytes }])
  const [app] = apps
  if (app === undefined || mistakes.length > 0) throw invalid(streamAppKind, name, mistakes.map(causeOf))
  return app
}

/** With its defaults filled in. The application's name stays out where it was left out: it follows the object's. */
function specOf({ app }: StreamAppDocument, object: ApiObject): JsonObject {
  const { applicationName, ...spec } = app.spec
  const isWritten = objectAt(object, 'spec')['applicationName'] !== undefined
  return asJson(isWritten ? { ...spec, applicationName } : spec)
}

/** What would leave behind everything that was made: these cannot change once anything was. */
function immutableCauses({ app }: StreamAppDocument, current: ApiObject | undefined): readonly StatusCause[] {
  const { inventory } = objectAt(current, 'status')
  if (current === undefined || !Array.isArray(inventory) || inventory.length === 0) return []
  const before = objectAt(current, 'spec')
  const name = before['applicationName'] ?? current.metadata.name
  const fields = [
    { field: 'spec.app', was: before['app'], is: app.spec.app },
    { field: 'spec.kafka.addon', was: objectAt(before, 'kafka')['addon'], is: app.spec.kafka.addon },
    { field: 'spec.applicationName', was: name, is: app.spec.applicationName },
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

/** `/spec/topics/0/name` as Kubernetes writes it: `spec.topics[0].name`. */
function fieldOf(pointer: string): string {
  const steps = pointer.split('/').slice(1)
  return steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : `${path}.${step}`), '')
    .slice(1)
}
