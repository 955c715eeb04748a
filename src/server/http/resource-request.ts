import type { User } from '../access/roles.ts'
import { ApiFailure, failure } from '../api-status.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import type { Call } from '../objects/call.ts'
import type { ResourceRoute } from '../route.ts'
import type { Asked } from './asked.ts'
import type { Body } from './read-body.ts'
import { readWriteOptions } from './read-call.ts'

/** A request for objects of a kind that is served, by somebody who is known. */
export interface ResourceRequest {
  readonly kind: ResourceKind
  readonly route: ResourceRoute
  readonly asked: Asked
  readonly user: User
}

export function callOf({ kind, route, asked, user }: ResourceRequest): Call {
  const { namespace = '', name = '', subresource } = route
  return {
    target: { kind, namespace, name },
    subresource: subresource === 'status' || subresource === 'scale' ? subresource : undefined,
    actor: user.name,
    isPatch: false,
    strange: [],
    ...readWriteOptions(asked),
  }
}

/** The call, knowing which fields stand twice in its body. */
export function doubting(call: Call, { repeated }: Body): Call {
  if (repeated.length === 0) return call
  return { ...call, strange: repeated.map((path) => ({ why: 'duplicate', path })) }
}

export function nothingThere(): ApiFailure {
  return new ApiFailure(failure('NotFound', 'the server could not find the requested resource'))
}
