import { isDeepStrictEqual } from 'node:util'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { JsonObject } from '../../record/record.ts'
import { objectAt, type ApiObject } from '../api-object.ts'
import type { StatusCause } from '../api-status.ts'
import { allKinds } from '../kinds/all-kinds.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import { cause, invalid } from './admission.ts'
import { fieldOf } from './field-of.ts'

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })

const validators: ReadonlyMap<ResourceKind, ValidateFunction> = new Map(
  allKinds
    .filter(({ isCustom }) => isCustom)
    .map((kind) => [kind, ajv.compile(inJsonSchema(objectAt(objectAt(kind.schema, 'properties'), 'status')))]),
)

/** Kubernetes' one type that JSON Schema has no word for. */
function inJsonSchema(schema: JsonObject): JsonObject {
  const text = JSON.stringify(schema).replaceAll('"x-kubernetes-int-or-string":true', '"type":["integer","string"]')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was a JSON object before
  return JSON.parse(text) as JsonObject
}

/** Refuses a status that a client wrote otherwise than its kind's schema has it. One that stays as it was is nobody's mistake now. */
export function checkStatus(kind: ResourceKind, object: ApiObject, current: ApiObject): void {
  const validate = validators.get(kind)
  const { status } = object
  if (validate === undefined || status === undefined || isDeepStrictEqual(status, current['status'])) return
  if (!validate(status)) throw invalid(kind, object.metadata.name, (validate.errors ?? []).map(causeOf))
}

function causeOf({ keyword, instancePath, params, message = 'is wrong' }: ErrorObject): StatusCause {
  const field = fieldOf(`/status${instancePath}`)
  if (keyword !== 'required') return cause('FieldValueInvalid', field, `Invalid value: ${message}`)
  return cause('FieldValueRequired', `${field}.${String(params['missingProperty'])}`, 'Required value')
}
