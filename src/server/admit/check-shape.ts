import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { ApiObject } from '../api-object.ts'
import type { StatusCause } from '../api-status.ts'
import { coreKinds } from '../kinds/core-kinds.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import { cause, invalid } from './admission.ts'
import { fieldOf } from './field-of.ts'

const ajv = new Ajv({ strict: false, allErrors: true })
// RFC 3339, as Go's `metav1.Time` and `MicroTime` read it.
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/)
ajv.addFormat('int32', { type: 'number', validate: (value: number) => value >= -(2 ** 31) && value < 2 ** 31 })
// Told apart where the value is looked at, with what to do about it.
ajv.addFormat('byte', true)

const validators: ReadonlyMap<ResourceKind, ValidateFunction> = new Map(
  coreKinds.map((kind) => [kind, ajv.compile(kind.schema)]),
)

/** Refuses an object of a core kind whose fields are of other types than its schema has. Never shows a value: it may be a secret. */
export function checkShape(kind: ResourceKind, object: ApiObject): void {
  const { name } = object.metadata
  const validate = validators.get(kind)
  if (validate?.(object) === false) throw invalid(kind, name, (validate.errors ?? []).map(causeOf))
}

function causeOf({ keyword, instancePath, params, message = 'is wrong' }: ErrorObject): StatusCause {
  const isText = keyword === 'type' && params['type'] === 'string'
  const words = isText ? 'must be a text; put it in quotes' : message
  return cause(
    keyword === 'type' ? 'FieldValueTypeInvalid' : 'FieldValueInvalid',
    fieldOf(instancePath),
    `Invalid value: ${words}`,
  )
}
