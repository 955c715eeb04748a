import { isJsonObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import type { Json, JsonObject } from '../../record/record.ts'

export type FieldSelector = (object: JsonObject) => boolean

/** Where the value of a selectable field stands: the first of these places that has a text. */
type Places = Readonly<Record<string, readonly string[]>>

const always: Places = { 'metadata.name': ['metadata.name'], 'metadata.namespace': ['metadata.namespace'] }

/** Both groups of events are one, each with words of its own: an event is found by either. */
const reporting = ['reportingComponent', 'reportingController']
const eventFields: Places = {
  reason: ['reason'],
  type: ['type'],
  reportingComponent: reporting,
  reportingController: reporting,
  // As Kubernetes' `event.ToSelectableFields`.
  source: ['source.component', 'deprecatedSource.component', ...reporting],
  ...Object.fromEntries(
    ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].flatMap((field) => {
      const words = [`involvedObject.${field}`, `regarding.${field}`]
      return words.map((word) => [word, words] as const)
    }),
  ),
}

/** Which fields may be selected by, beside those of every kind. Kubernetes' own kinds have their own. */
const selectable: Readonly<Record<string, Places>> = {
  Event: eventFields,
  Secret: { type: ['type'] },
  Namespace: { 'status.phase': ['status.phase'] },
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
  const known = new Map(Object.entries({ ...always, ...selectable[kind] }))
  const places = known.get(field)?.map((place) => place.split('.'))
  if (places === undefined) {
    throw new ApiFailure(
      failure(
        'BadRequest',
        `field label not supported: ${field.slice(0, 200)}; ${kind} can be selected by ${[...known.keys()].join(', ')}`,
      ),
    )
  }
  return (object) => (textAt(object, places) === value) === (operator !== '!=')
}

function textAt(object: JsonObject, places: readonly (readonly string[])[]): string {
  for (const place of places) {
    const found = place.reduce<Json | undefined>((at, field) => (isJsonObject(at) ? at[field] : undefined), object)
    if (typeof found === 'string' && found !== '') return found
  }
  return ''
}
