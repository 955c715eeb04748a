import { isDeepStrictEqual } from 'node:util'
import { asJson } from '../../record/as-json.ts'
import type { Json, JsonObject } from '../../record/record.ts'
import { checkGitSource } from '../../resource/check-git-source.ts'
import { checkStreamApp } from '../../resource/check-stream-app.ts'
import type { ManifestMistake } from '../../resource/manifest-mistake.ts'
import type { GitSourceDocument, StreamAppDocument } from '../../resource/parse-manifests.ts'
import { parseValue } from '../../resource/parse-value.ts'
import { isJsonObject, objectAt, type ApiObject } from '../api-object.ts'
import type { StatusCause } from '../api-status.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import { cause, invalid, type Admitted, type AdmissionRequest } from './admission.ts'
import { fieldOf } from './field-of.ts'
import { known } from './strange-fields.ts'

/** A manifest as its schema and checks would have it: the very ones that `weir validate` runs. */
export function admitManifest(kind: ResourceKind, request: AdmissionRequest): Admitted {
  const { object, current } = request
  const { metadata, status } = object
  const pruned = known(kind, request)
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
    warnings: [...pruned.warnings, ...warnings.map((mistake) => `${fieldOf(mistake.path)}: ${wordsOf(mistake)}`)],
  }
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
  const { path, lacks } = mistake
  if (lacks === undefined) return cause('FieldValueInvalid', fieldOf(path), wordsOf(mistake))
  return cause('FieldValueRequired', fieldOf(`${path}/${lacks}`), `Required value: ${wordsOf(mistake)}`)
}

function wordsOf({ message, hint }: ManifestMistake): string {
  return hint === undefined ? message : `${message}; ${hint}`
}
