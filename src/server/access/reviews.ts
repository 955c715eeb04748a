import { objectAt, type ApiObject } from '../api-object.ts'
import type { JsonObject } from '../../record/record.ts'
import { mayDo, rulesOf, type User } from './roles.ts'

/** `kubectl auth can-i`, `auth whoami`: what a user asks about itself. Undefined for another review. */
export function review(plural: string, asked: ApiObject, user: User): ApiObject | undefined {
  switch (plural) {
    case 'selfsubjectaccessreviews':
      return answered(asked, accessOf(objectAt(asked, 'spec'), user))
    case 'selfsubjectrulesreviews':
      return answered(asked, rulesFor(objectAt(asked, 'spec'), user))
    case 'selfsubjectreviews':
      return answered(asked, { userInfo: { username: user.name, groups: user.groups } })
    default:
      return undefined
  }
}

function answered({ apiVersion, kind, spec }: ApiObject, status: JsonObject): ApiObject {
  return { kind, apiVersion, metadata: { name: '' }, ...(spec === undefined ? {} : { spec }), status }
}

function accessOf(spec: JsonObject, user: User): JsonObject {
  const { verb, group, resource, subresource, namespace } = objectAt(spec, 'resourceAttributes')
  if (typeof verb !== 'string') return { allowed: isOpen(spec), ...(isOpen(spec) ? {} : { reason: 'no such path' }) }
  const action = {
    verb: text(verb),
    group: text(group),
    plural: text(resource),
    subresource: text(subresource) === '' ? undefined : text(subresource),
    // Of all namespaces, where it is '': no grant is for that one.
    namespace: text(namespace),
  }
  // `*` asks for everything, which only a rule with `*` gives.
  const allowed = mayDo(user, action)
  return allowed ? { allowed } : { allowed, reason: 'no role of yours says so' }
}

/** Discovery and probes are open to whoever is known. */
function isOpen(spec: JsonObject): boolean {
  const { path, verb } = objectAt(spec, 'nonResourceAttributes')
  return verb === 'get' && /^\/(api|apis|openapi|version|healthz|livez|readyz)(\/|$)/.test(text(path))
}

function rulesFor({ namespace }: JsonObject, user: User): JsonObject {
  const roles = user.grants.filter((grant) => grant.namespace === '*' || grant.namespace === namespace)
  return {
    resourceRules: roles
      .flatMap(({ role }) => rulesOf(role))
      .map(({ verbs, groups, resources }) => ({ verbs, apiGroups: groups, resources })),
    nonResourceRules: [
      {
        verbs: ['get'],
        nonResourceURLs: [
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
          '/openapi/*',
          '/version',
          '/healthz',
          '/livez',
          '/readyz',
        ],
      },
    ],
    incomplete: false,
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
