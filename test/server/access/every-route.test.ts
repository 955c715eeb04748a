import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import type { Role, User } from '../../../src/server/access/roles.ts'
import { allKinds } from '../../../src/server/kinds/all-kinds.ts'
import {
  apiVersionOf,
  type ResourceKind,
  type Subresource,
  type Verb,
} from '../../../src/server/kinds/resource-kind.ts'
import { startApi, type ApiUnderTest } from '../../support/api-server.ts'

/**
 * Who may do what, for every address that the kinds have: a kind, verb or subresource that is added is in here by itself,
 * and fails until somebody says below who may use it.
 */

const roles: readonly Role[] = ['view', 'edit', 'admin']
/** `mine`: a grant in the namespace that is asked about; `other`: one elsewhere. */
const users = roles.flatMap((role) =>
  (['mine', 'other', '*'] as const).map((namespace): User => ({
    name: `${role} of ${namespace}`,
    groups: [],
    grants: [{ role, namespace }],
  })),
)

let api: ApiUnderTest
before(async () => {
  api = await startApi(
    users.map((user) => ({ token: new Secret(`token of ${user.name}`.replaceAll(/[ *]/g, '-')), user })),
  )
  for (const name of ['mine', 'other']) {
    await api.call('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } })
  }
})
after(() => api.close())

/** The least role that may write; reading is for all of them, but for what is said beside it. Said by hand, and not read from the rules. */
const writers: Readonly<Record<string, Role | 'nobody'>> = {
  streamapps: 'edit',
  'streamapps/status': 'admin',
  'streamapps/scale': 'edit',
  'streamapps/plan': 'edit',
  gitsources: 'edit',
  'gitsources/status': 'admin',
  namespaces: 'admin',
  'namespaces/status': 'admin',
  secrets: 'edit',
  configmaps: 'edit',
  serviceaccounts: 'admin',
  'serviceaccounts/token': 'admin',
  events: 'edit',
  'events.events.k8s.io': 'nobody',
  'leases.coordination.k8s.io': 'edit',
  'customresourcedefinitions.apiextensions.k8s.io': 'nobody',
  pods: 'nobody',
  'pods/log': 'nobody',
  services: 'nobody',
}
const readers: Readonly<Record<string, Role>> = { secrets: 'edit', 'namespaces/status': 'admin' }

interface Ask {
  readonly kind: ResourceKind
  readonly verb: Verb
  readonly subresource: Subresource | undefined
  /** In `mine`, of all namespaces, or of the cluster. */
  readonly place: 'mine' | 'everywhere'
}

const reading: ReadonlySet<Verb> = new Set(['get', 'list', 'watch'])
const methods: Readonly<Record<Verb, string>> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
}
const ofSubresource: Readonly<Record<Subresource, readonly Verb[]>> = {
  status: ['get', 'update', 'patch'],
  scale: ['get', 'update', 'patch'],
  plan: ['get', 'create'],
  token: ['create'],
  log: ['get'],
}

const asks: readonly Ask[] = allKinds.flatMap((kind) => [
  ...kind.verbs.flatMap((verb): Ask[] => {
    const isMany = ['list', 'watch', 'deletecollection'].includes(verb)
    return [
      { kind, verb, subresource: undefined, place: 'mine' },
      ...(kind.isNamespaced && isMany ? [{ kind, verb, subresource: undefined, place: 'everywhere' } as const] : []),
    ]
  }),
  ...kind.subresources.flatMap((subresource) =>
    ofSubresource[subresource].map((verb): Ask => ({ kind, verb, subresource, place: 'mine' })),
  ),
])

function nameOf({ kind: { group, plural }, subresource }: Ask): string {
  const isOurs = group === '' || group === 'streams.weirkeeper.dev'
  return `${plural}${isOurs ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`
}

function pathOf({ kind, verb, subresource, place }: Ask): string {
  const root = kind.group === '' ? '/api/v1' : `/apis/${apiVersionOf(kind)}`
  const isOne = ['get', 'update', 'patch', 'delete'].includes(verb) || subresource !== undefined
  // A namespace is one's own by its name.
  const name = kind.kind === 'Namespace' ? 'mine' : 'nothing'
  const inside = kind.isNamespaced && place === 'mine' ? '/namespaces/mine' : ''
  const query = verb === 'watch' ? '?watch=1&timeoutSeconds=1&resourceVersion=1' : '?dryRun=All'
  return `${root}${inside}/${kind.plural}${isOne ? `/${name}` : ''}${subresource === undefined ? '' : `/${subresource}`}${query}`
}

function isAllowed(ask: Ask, { grants: [grant] }: User): boolean {
  if (grant === undefined || !isEnough(grant.role, ask)) return false
  return grant.namespace === '*' || (grant.namespace === 'mine' && isInside(ask))
}

function isEnough(role: Role, ask: Ask): boolean {
  const least = reading.has(ask.verb) ? (readers[nameOf(ask)] ?? 'view') : writers[nameOf(ask)]
  return least !== undefined && least !== 'nobody' && roles.indexOf(role) >= roles.indexOf(least)
}

/** Whoever may act in a namespace may look at it; what it is bound to is not for them to change. */
function isInside({ kind, verb, place }: Ask): boolean {
  return place === 'mine' && (kind.isNamespaced || (kind.kind === 'Namespace' && verb === 'get'))
}

describe('every address, asked by every role in its own namespace, in another and everywhere', () => {
  it('is in the table of who may write', () => {
    assert.deepEqual(new Set(asks.map(nameOf)), new Set(Object.keys(writers)))
  })

  for (const ask of asks) {
    const { verb, place, kind } = ask
    it(
      `${verb} ${nameOf(ask)} ${kind.isNamespaced ? `in ${place === 'mine' ? 'a namespace' : 'all'}` : ''}`.trim(),
      async () => {
        for (const user of users) {
          const headers = { 'content-type': verb === 'patch' ? 'application/merge-patch+json' : 'application/json' }
          const { code, text } = await api.call(methods[verb], pathOf(ask), {
            token: `token of ${user.name}`.replaceAll(/[ *]/g, '-'),
            ...(reading.has(verb) ? {} : { body: {}, headers }),
          })
          const isForbidden = code === 403 && text.includes('"reason":"Forbidden"')
          assert.equal(isForbidden, !isAllowed(ask, user), `${user.name}: ${code} ${text.slice(0, 200)}`)
          assert.ok(code < 500 || code === 503, `${user.name}: ${code} ${text.slice(0, 200)}`)
          const nobody = await api.call(methods[verb], pathOf(ask), {
            token: '',
            ...(reading.has(verb) ? {} : { body: {} }),
          })
          assert.equal(nobody.code, 401)
        }
      },
    )
  }
})
