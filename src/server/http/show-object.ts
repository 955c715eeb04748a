import { unreachable } from '../../base/unreachable.ts'
import type { ApiObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { partialOf, rowOf, tableOf, type IncludeObject } from '../table.ts'
import { json, type Answer } from './answer.ts'
import type { Asked } from './asked.ts'
import { chooseForm, type Form } from './media-type.ts'
import type { ResourceRequest } from './resource-request.ts'
import type { ServerSurroundings } from './server-surroundings.ts'

export interface Shown {
  readonly object: ApiObject
  readonly code: number
  readonly warnings: readonly string[]
}

/** One object in the form that the client asked for. */
export function showObject(
  { clock }: Pick<ServerSurroundings, 'clock'>,
  { kind, asked, route }: ResourceRequest,
  { object, code, warnings }: Shown,
): Answer {
  const form = route.subresource === 'scale' ? 'object' : formFor(asked)
  switch (form) {
    case 'object':
      return json(code, object, warnings)
    case 'partial':
      return json(code, partialOf(object), warnings)
    case 'table': {
      const row = rowOf(object, kind, { include: includeFor(asked), nowMs: clock.now() })
      const { resourceVersion = '' } = object.metadata
      return json(code, tableOf([row], kind, { resourceVersion }, true), warnings)
    }
    default:
      return unreachable(form)
  }
}

export function formFor(asked: Asked): Form {
  const form = chooseForm(asked.header('accept'))
  if (form !== undefined) return form
  throw new ApiFailure(
    failure(
      'NotAcceptable',
      'only the following media types are accepted: application/json, application/json;as=Table;v=v1;g=meta.k8s.io, application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    ),
  )
}

export function includeFor({ query }: Asked): IncludeObject {
  const include = query.get('includeObject') ?? ''
  if (include === '') return 'Metadata'
  if (include === 'None' || include === 'Object' || include === 'Metadata') return include
  const words = `includeObject must be Metadata, Object or None, not ${JSON.stringify(include.slice(0, 60))}`
  throw new ApiFailure(failure('BadRequest', words))
}
