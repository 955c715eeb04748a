import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { appsAnnotation } from '../../../src/record/namespace-binding.ts'
import { startApi, type ApiUnderTest, type Reply } from '../../support/api-server.ts'
import { streamApp } from '../../support/api-stream-app.ts'

let api: ApiUnderTest
before(async () => {
  const lead = { name: 'lead', groups: [], grants: [{ role: 'admin', namespace: 'bound' } as const] }
  api = await startApi([{ token: new Secret('token-of-lead'), user: lead }])
  for (const name of ['bound', 'late']) {
    const metadata = { name, annotations: name === 'bound' ? { [appsAnnotation]: 'orders,words-*' } : {} }
    await api.call('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata } })
  }
})
after(() => api.close())

const inside = (namespace: string) => `/apis/streams.weirkeeper.dev/v1alpha1/namespaces/${namespace}/streamapps`
const merge = { 'content-type': 'application/merge-patch+json' }
const bind = (namespace: string, apps: string, token?: string): Promise<Reply> =>
  api.call('PATCH', `/api/v1/namespaces/${namespace}`, {
    body: { metadata: { annotations: { [appsAnnotation]: apps } } },
    headers: merge,
    ...(token === undefined ? {} : { token }),
  })

describe('a StreamApp of a bound namespace', () => {
  it('is taken where its app is one of those that are bound', async () => {
    const body = streamApp('words', { app: 'words-eu' })
    const { code, text } = await api.call('POST', inside('bound'), { body })
    assert.equal(code, 201, text)
  })

  it('is refused where it is not, however it comes, and told what to do', async () => {
    const body = streamApp('shop', { app: 'shop' })
    const created = await api.call('POST', inside('bound'), { body })
    const applied = await api.call('PATCH', `${inside('bound')}/shop?fieldManager=test`, {
      body,
      headers: { 'content-type': 'application/apply-patch+yaml' },
    })
    for (const { code, body: status } of [created, applied]) {
      assert.deepEqual([code, status['reason']], [403, 'Forbidden'])
      assert.equal(status['details'].causes[0].field, 'spec.app')
      assert.match(
        status['message'],
        /^streamapps.streams.weirkeeper.dev "shop" is forbidden: namespace bound is bound/,
      )
      assert.match(status['message'], /kubectl annotate namespace bound --overwrite/)
    }
  })

  it('that came before the binding may be labelled and deleted, and its spec not changed', async () => {
    await api.call('POST', inside('late'), { body: streamApp('shop', { app: 'shop' }) })
    assert.equal((await bind('late', 'orders')).code, 200)
    const patch = (body: object): Promise<Reply> =>
      api.call('PATCH', `${inside('late')}/shop`, { body, headers: merge })
    assert.equal((await patch({ metadata: { labels: { a: 'b' } } })).code, 200)
    assert.equal((await patch({ spec: { drift: 'Warn' } })).code, 403)
    assert.equal((await api.call('DELETE', `${inside('late')}/shop`)).code, 200)
  })
})

describe('the binding itself', () => {
  it('is seen by the admin of the namespace, and changed by an admin of the control plane alone', async () => {
    const token = 'token-of-lead'
    assert.equal((await api.call('GET', '/api/v1/namespaces/bound', { token })).code, 200)
    assert.equal((await bind('bound', '*', token)).code, 403)
    assert.equal((await api.call('DELETE', '/api/v1/namespaces/bound', { token })).code, 403)
  })

  it('is refused where it cannot be read', async () => {
    const { code, body } = await bind('late', 'Orders!')
    assert.deepEqual([code, body['details'].causes[0].field], [422, `metadata.annotations[${appsAnnotation}]`])
  })
})
