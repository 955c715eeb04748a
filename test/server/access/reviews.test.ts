import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { review } from '../../../src/server/access/reviews.ts'
import { rulesOf, type Role, type User } from '../../../src/server/access/roles.ts'
import type { Fields } from '../../support/api-server.ts'

function user(role: Role, namespace = 'default'): User {
  return { name: role, groups: ['people'], grants: [{ role, namespace }] }
}

function asked(spec?: Fields) {
  const head = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: { name: '' } }
  return spec === undefined ? head : { ...head, spec }
}

function statusOf(plural: string, spec: Fields | undefined, by: User): unknown {
  return review(plural, asked(spec), by)?.['status']
}

const group = 'streams.weirkeeper.dev'
const apps = { group, resource: 'streamapps', namespace: 'default' }

describe('kubectl auth can-i answers as the server would', () => {
  const cases: readonly (readonly [by: User, attributes: Fields, isAllowed: boolean])[] = [
    [user('view'), { ...apps, verb: 'get' }, true],
    [user('view'), { ...apps, verb: 'create' }, false],
    [user('view'), { ...apps, verb: 'get', namespace: 'other' }, false],
    [user('view'), { ...apps, verb: 'list', namespace: '' }, false],
    [user('view'), { ...apps, verb: 'list', namespace: undefined }, false],
    [user('view', '*'), { ...apps, verb: 'list', namespace: '' }, true],
    [user('view'), { ...apps, verb: 'get', subresource: 'status' }, true],
    [user('edit'), { ...apps, verb: 'update' }, true],
    [user('edit'), { ...apps, verb: 'update', subresource: '' }, true],
    [user('edit'), { ...apps, verb: 'update', subresource: 'status' }, false],
    [user('edit'), { ...apps, verb: '*' }, false],
    [user('view'), { verb: 'get', resource: 'secrets', namespace: 'default' }, false],
    [user('edit'), { verb: 'get', resource: 'secrets', namespace: 'default' }, true],
    [user('admin'), { verb: '*', group: '*', resource: '*', namespace: 'default' }, true],
    [user('admin'), { verb: 'get', resource: 'namespaces', namespace: 'default' }, true],
    [user('admin'), { verb: 'patch', resource: 'namespaces', namespace: 'default' }, false],
    [user('admin'), { verb: 'patch', group, resource: 'namespaces', namespace: 'default' }, true],
    [user('admin'), { verb: 'patch', resource: 'configmaps', namespace: 'default' }, true],
    [user('admin', '*'), { verb: 'patch', resource: 'namespaces', namespace: 'default' }, true],
  ]
  for (const [by, resourceAttributes, allowed] of cases) {
    it(`${by.name} of ${by.grants[0]?.namespace}: ${JSON.stringify(resourceAttributes)} ${allowed ? 'yes' : 'no'}`, () => {
      assert.deepEqual(
        statusOf('selfsubjectaccessreviews', { resourceAttributes }, by),
        allowed ? { allowed } : { allowed, reason: 'no role of yours says so' },
      )
    })
  }

  const paths: readonly (readonly [verb: string, path: string, isAllowed: boolean])[] = [
    ['get', '/healthz', true],
    ['get', '/apis/apps', true],
    ['get', '/version', true],
    ['get', '/versions', false],
    ['get', '/metrics', false],
    ['post', '/healthz', false],
    ['post', '/metrics', false],
  ]
  for (const [verb, path, allowed] of paths) {
    it(`${verb} ${path}: ${allowed ? 'yes' : 'no'}`, () => {
      assert.deepEqual(
        statusOf('selfsubjectaccessreviews', { nonResourceAttributes: { verb, path } }, user('admin', '*')),
        allowed ? { allowed } : { allowed, reason: 'no such path' },
      )
    })
  }

  it('to who asks nothing at all: no', () => {
    assert.deepEqual(statusOf('selfsubjectaccessreviews', {}, user('admin', '*')), {
      allowed: false,
      reason: 'no such path',
    })
  })

  it('and hands the question back beside the answer, as clients expect', () => {
    const spec = { resourceAttributes: { ...apps, verb: 'get' } }
    assert.deepEqual(review('selfsubjectaccessreviews', asked(spec), user('view')), {
      ...asked(spec),
      status: { allowed: true },
    })
    const whoami = review('selfsubjectreviews', asked(), user('view'))
    assert.deepEqual(whoami, { ...asked(), status: { userInfo: { username: 'view', groups: ['people'] } } })
    assert.equal(Object.hasOwn(whoami, 'spec'), false)
    assert.equal(review('otherreviews', asked(), user('view')), undefined)
  })
})

describe('kubectl auth can-i --list', () => {
  const told = (namespace: string, by: User): Fields => Object(statusOf('selfsubjectrulesreviews', { namespace }, by))

  it('names the rules of every grant that holds in that namespace, and of no other', () => {
    const rules = (role: Role) =>
      rulesOf(role).map(({ verbs, groups, resources }) => ({ verbs, apiGroups: groups, resources }))
    const both: User = { ...user('view', '*'), grants: [...user('view', '*').grants, ...user('edit', 'one').grants] }
    assert.deepEqual(told('one', both)['resourceRules'], [...rules('view'), ...rules('edit')])
    assert.deepEqual(told('two', both)['resourceRules'], rules('view'))
    assert.deepEqual(told('two', user('admin', 'one'))['resourceRules'], [])
    assert.equal(told('one', both)['incomplete'], false)
  })

  it('gives each role what the lesser ones have', () => {
    assert.deepEqual(
      (['view', 'edit', 'admin'] as const).map((role) => rulesOf(role).length),
      [3, 6, 1],
    )
  })
})
