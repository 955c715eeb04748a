import { isDeepStrictEqual } from 'node:util'
import { bindingMistakes } from '../../record/namespace-binding.ts'
import type { JsonObject } from '../../record/record.ts'
import { objectAt, type ApiObject } from '../api-object.ts'
import type { StatusCause } from '../api-status.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import { cause, invalid, type Admitted, type AdmissionRequest } from './admission.ts'
import { admitManifest } from './admit-manifest.ts'
import { metadataCauses } from './check-metadata.ts'
import { checkShape } from './check-shape.ts'
import { known } from './strange-fields.ts'

/** Whether an object may be kept, and as what: defaults filled in, what nobody knows taken out, every mistake told at once. */
export function admit(kind: ResourceKind, request: AdmissionRequest): Admitted {
  const causes = metadataCauses(request.object.metadata, kind)
  if (causes.length > 0) throw invalid(kind, request.object.metadata.name, causes)
  if (kind.isCustom) return admitManifest(kind, request)
  const { apiVersion, metadata } = request.object
  const { value, warnings } = known(kind, request)
  const object = { ...objectAt({ value }, 'value'), apiVersion, kind: kind.kind, metadata }
  checkShape(kind, object)
  const admitCore = byKind[kind.kind]
  return { object: admitCore === undefined ? object : admitCore(kind, { ...request, object }), warnings }
}

type AdmitCore = (kind: ResourceKind, request: AdmissionRequest) => ApiObject

const byKind: Readonly<Record<string, AdmitCore>> = {
  Secret: admitSecret,
  ConfigMap: (kind, request) => {
    const { object } = request
    refuse(kind, object, [
      ...base64Causes(objectAt(object, 'binaryData'), 'binaryData'),
      ...immutableCauses(request, ['data', 'binaryData']),
    ])
    return object
  },
  Namespace: (kind, { object, current }) => {
    const mistakes = bindingMistakes(object.metadata.annotations ?? {})
    const causes = mistakes.map(({ annotation, message }) =>
      cause('FieldValueInvalid', `metadata.annotations[${annotation}]`, message),
    )
    refuse(kind, object, causes)
    return {
      ...object,
      spec: current?.['spec'] ?? { finalizers: ['kubernetes'] },
      status: { phase: object.metadata.deletionTimestamp === undefined ? 'Active' : 'Terminating' },
    }
  },
  ServiceAccount: (kind, { object }) => {
    const role = object.metadata.annotations?.['streams.weirkeeper.dev/role']
    const field = 'metadata.annotations[streams.weirkeeper.dev/role]'
    const isRole = role === undefined || ['view', 'edit', 'admin'].includes(role)
    const words = `Unsupported value: ${JSON.stringify(role)}: write view, edit or admin`
    refuse(kind, object, isRole ? [] : [cause('FieldValueNotSupported', field, words)])
    return object
  },
}

function admitSecret(kind: ResourceKind, request: AdmissionRequest): ApiObject {
  const { stringData, ...object } = request.object
  const texts = objectAt({ stringData: stringData ?? {} }, 'stringData')
  const encoded = Object.entries(texts).map(([name, text]) => [
    name,
    Buffer.from(typeof text === 'string' ? text : '').toString('base64'),
  ])
  const data: JsonObject = { ...objectAt(object, 'data'), ...Object.fromEntries(encoded) }
  const secret: ApiObject = {
    ...object,
    ...(Object.keys(data).length === 0 ? {} : { data }),
    type: object['type'] ?? 'Opaque',
  }
  refuse(kind, secret, [
    ...base64Causes(data, 'data'),
    ...immutableCauses({ ...request, object: secret }, ['data', 'type']),
  ])
  return secret
}

function refuse(kind: ResourceKind, { metadata }: ApiObject, causes: readonly StatusCause[]): void {
  if (causes.length > 0) throw invalid(kind, metadata.name, causes)
}

const base64 = /^[A-Za-z0-9+/\n]*={0,2}\n?$/

/** Never shows the value: it may be a secret. */
function base64Causes(map: JsonObject, field: string): readonly StatusCause[] {
  return Object.entries(map)
    .filter(([, value]) => typeof value !== 'string' || !base64.test(value))
    .map(([name]) =>
      cause(
        'FieldValueInvalid',
        `${field}[${name}]`,
        'must be base64; `base64 -w0 < file` makes it, or use stringData',
      ),
    )
}

function immutableCauses({ object, current }: AdmissionRequest, fields: readonly string[]): readonly StatusCause[] {
  if (current?.['immutable'] !== true) return []
  return [...fields, 'immutable']
    .filter((field) => !isDeepStrictEqual(object[field], current[field]))
    .map((field) =>
      cause('FieldValueForbidden', field, 'field is immutable when `immutable` is set; delete and create it anew'),
    )
}
