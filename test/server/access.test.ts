import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import type { Grant } from '../../src/server/access/roles.ts'
import { startApi, type ApiUnderTest } from '../support/api-server.ts'
import { streamApp, streamApps } from '../support/api-stream-app.ts'

let api: ApiUnderTest
before(async () => {
  api = await startApi([known('viewer', 'view'), known('editor', 'edit'), known('stranger', 'admin', 'elsewhere')])
})
after(() => api.close())

function known(name: string, role: Grant['role'], namespace = 'default') {
  return { token: new Secret(`token-of-${name}`), user: { name, groups: [], grants: [{ role, namespace }] } }
}

const secrets = '/api/v1/namespaces/default/secrets'
const accounts = '/api/v1/namespaces/default/serviceaccounts'

describe('who may do what', () => {
  const cases: readonly (readonly [user: string, method: string, path: string, code: number])[] = [
    ['', 'GET', streamApps, 401],
    ['token-of-nobody', 'GET', streamApps, 401],
    ['', 'GET', '/healthz', 200],
    ['', 'GET', '/readyz', 200],
    ['', 'GET', '/version', 200],
    ['', 'GET', '/api', 401],
    ['token-of-stranger', 'GET', '/api', 200],
    ['token-of-viewer', 'GET', streamApps, 200],
    ['token-of-viewer', 'GET', secrets, 403],
    ['token-of-viewer', 'POST', streamApps, 403],
    ['token-of-viewer', 'GET', '/api/v1/namespaces/default', 200],
    ['token-of-viewer', 'GET', '/api/v1/namespaces', 403],
    ['token-of-editor', 'GET', secrets, 200],
    ['token-of-editor', 'DELETE', `${streamApps}/none`, 404],
    ['token-of-editor', 'PATCH', `${streamApps}/none/status`, 403],
    ['token-of-editor', 'POST', accounts, 403],
    ['token-of-stranger', 'GET', streamApps, 403],
    ['token-of-stranger', 'GET', '/apis/streams.weirkeeper.dev/v1alpha1/streamapps', 403],
  ]
  for (const [token, method, path, code] of cases) {
    it(`${token === '' ? 'nobody' : token} is answered ${code} to ${method} ${path}`, async () => {
      const { code: answered, text } = await api.call(method, path, {
        token,
        ...(method === 'POST' ? { body: {} } : {}),
      })
      assert.equal(answered, code, text)
    })
  }

  it('is everything for an admin, as `kubectl auth can-i "*" "*"` asks, and for nobody else', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const everything = { verb: '*', resource: '*', group: '*' }
    const body = { spec: { resourceAttributes: everything } }
    const allowed = async (given: object) => (await api.call('POST', path, { body, ...given })).body['status'].allowed
    assert.equal(await allowed({}), true)
    assert.equal(await allowed({ token: 'token-of-editor' }), false)
    assert.equal(await allowed({ token: 'token-of-stranger' }), false)
  })

  it('is told to who asks of itself', async () => {
    const asked = (verb: string, resource: string) => ({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: {},
      spec: { resourceAttributes: { verb, resource, group: 'streams.weirkeeper.dev', namespace: 'default' } },
    })
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const answers = await Promise.all(
      ['get', 'create'].map((verb) =>
        api.call('POST', path, { body: asked(verb, 'streamapps'), token: 'token-of-viewer' }),
      ),
    )
    assert.deepEqual(
      answers.map(({ body }) => body['status'].allowed),
      [true, false],
    )
  })

  it('stands in the audit by name', async () => {
    await api.call('POST', streamApps, { body: streamApp('audited'), token: 'token-of-editor' })
    const [entry] = await api.record.audit({ kind: 'StreamApp', namespace: 'default', name: 'audited' }, 1)
    assert.deepEqual([entry?.actor, entry?.verb], ['editor', 'create'])
  })
})

describe('the token of a service account', () => {
  it('opens what the role says, is kept as its hash alone, and ends with the account', async () => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'bot' } }
    await api.call('POST', accounts, { body: account })
    const { body } = await api.call('POST', `${accounts}/bot/token`, { body: {} })
    const { token } = body['status']
    assert.equal((await api.call('GET', streamApps, { token })).code, 200)
    assert.equal((await api.call('GET', secrets, { token })).code, 403)

    const role = { metadata: { annotations: { 'streams.weirkeeper.dev/role': 'edit' } } }
    const merge = { 'content-type': 'application/merge-patch+json' }
    await api.call('PATCH', `${accounts}/bot`, { body: role, headers: merge })
    await api.call('GET', accounts)
    assert.equal((await api.call('GET', secrets, { token })).code, 200)

    const { objects } = await api.record.list('AccessToken')
    assert.equal(objects.length, 1)
    assert.ok(!JSON.stringify(objects).includes(token))

    await api.call('DELETE', `${accounts}/bot`)
    await api.call('POST', accounts, { body: account })
    await api.call('GET', accounts)
    assert.equal((await api.call('GET', streamApps, { token })).code, 401)
  })
})

describe('a request that asks too much', () => {
  const cases: readonly (readonly [why: string, body: string | Buffer, code: number])[] = [
    ['3 MB and more', `{"a":"${'x'.repeat(3 * 1024 * 1024)}"}`, 413],
    ['nested too deep', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`, 400],
    ['no JSON', '{"password":"hunter2"', 400],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0xfe]), 400],
    [
      'with a NUL',
      String.raw`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","annotations":{"a":"\u0000"}}}`,
      400,
    ],
    ['not an object', '[1]', 400],
    ['of another kind', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}', 400],
  ]
  for (const [why, body, code] of cases) {
    it(`is answered ${code}: ${why}, and nothing of it is shown`, async () => {
      const reply = await api.call('POST', secrets, { body })
      assert.equal(reply.code, code, reply.text)
      assert.ok(!reply.text.includes('hunter2'))
    })
  }

  it('is answered without what stands in the Secret, when that is wrong (told apart by its field)', async () => {
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { password: 31337 } }
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const applied = await api.call('PATCH', `${secrets}/a?fieldManager=test`, { body, headers })
    const made = await api.call('POST', secrets, { body })
    for (const { code, text } of [applied, made]) {
      assert.ok(code === 400 || code === 422)
      assert.deepEqual([text.includes('password'), text.includes('31337')], [true, false])
    }
  })

  it('is answered where there is no such address, method or media type', async () => {
    assert.equal((await api.call('GET', '/apis/nothing/v1/here')).code, 404)
    assert.equal((await api.call('GET', '/%E0%A4%A')).code, 400)
    assert.equal((await api.call('POST', '/version', { body: {} })).code, 405)
    assert.equal((await api.call('PUT', streamApps, { body: {} })).code, 405)
    assert.equal((await api.call('POST', secrets, { body: 'a', headers: { 'content-type': 'text/plain' } })).code, 415)
  })
})
