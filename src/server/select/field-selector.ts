import { isJsonObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import type { Json, JsonObject } from '../../record/record.ts'

export type FieldSelector = (object: JsonObject) => boolean

const always = ['metadata.name', 'metadata.namespace']
const eventFields = [
  'reason',
  'type',
  'reportingComponent',
  'source',
  ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].flatMap((field) => [
    `involvedObject.${field}`,
    `regarding.${field}`,
  ]),
]

/** Which fields may be selected by, beside those of every kind. Kubernetes' own kinds have their own. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  Event: eventFields,
  Secret: ['type'],
  Namespace: ['status.phase'],
}

/** `a.b=c,d.e!=f`, all of them to hold. */
export function parseFieldSelector(text: string, { kind }: Pick<ResourceKind, 'kind'>): FieldSelector {
  const terms = text
    .split(',')
    .filter((term) => term !== '')
    .map((term) => parseTerm(term, kind))
  return (object) => terms.every((holds) => holds(object))
}

function parseTerm(term: string, kind: string): FieldSelector {
  const [, field, operator, value = ''] = /^([\w.]+)\s*(!=|==|=)\s*(.*)$/.exec(term.trim()) ?? []
  if (field === undefined) {
    throw new ApiFailure(
      failure('BadRequest', `invalid field selector ${JSON.stringify(term.slice(0, 200))}; write field=value`),
    )
  }
  const known = [...always, ...(selectable[kind] ?? [])]
  if (!known.includes(field)) {
    throw new ApiFailure(
      failure(
        'BadRequest',
        `field label not supported: ${field.slice(0, 200)}; ${kind} can be selected by ${known.join(', ')}`,
      ),
    )
  }
  const path = field.split('.')
  return (object) => (textAt(object, path) === value) === (operator !== '!=')
}

function textAt(object: JsonObject, path: readonly string[]): string {
  const found = path.reduce<Json | undefined>((at, field) => (isJsonObject(at) ? at[field] : undefined), object)
  return typeof found === 'string' ? found : ''
}
