import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApi, type ApiUnderTest, type Fields } from '../../support/api-server.ts'
import { streamApp } from '../../support/api-stream-app.ts'

let api: ApiUnderTest
before(async () => {
  api = await startApi()
})
after(() => api.close())

const configMaps = '/api/v1/namespaces/default/configmaps'

async function owner(name: string): Promise<Fields> {
  const { body } = await api.call('POST', configMaps, {
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
  })
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid: body['metadata'].uid }
}

async function owned(name: string, by: Fields): Promise<void> {
  const metadata = { name, ownerReferences: [by] }
  const { code, text } = await api.call('POST', configMaps, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata } })
  assert.equal(code, 201, text)
}

/** The object once it is as asked, which the sweeper may take a moment for. */
async function until(name: string, isThere: (found: Fields | undefined) => boolean): Promise<Fields | undefined> {
  for (const late = Date.now() + 5_000; ;) {
    const { code, body } = await api.call('GET', `${configMaps}/${name}`)
    const found = code === 404 ? undefined : body
    if (isThere(found)) return found
    assert.ok(Date.now() < late, `${name} is not as it should be: ${JSON.stringify(found)}`)
  }
}

const isGone = (found: Fields | undefined): boolean => found === undefined

describe('what an owner leaves behind', () => {
  it('goes after it', async () => {
    await owned('child-a', await owner('owner-a'))
    await api.call('DELETE', `${configMaps}/owner-a`)
    await until('child-a', isGone)
  })

  it('goes before it, where the owner is to wait', async () => {
    await owned('child-b', await owner('owner-b'))
    const { body } = await api.call('DELETE', `${configMaps}/owner-b`, { body: { propagationPolicy: 'Foreground' } })
    assert.deepEqual(body['metadata'].finalizers, ['foregroundDeletion'])
    await until('owner-b', isGone)
    await until('child-b', isGone)
  })

  it('stays, owned no more, where the owner lets go of it', async () => {
    await owned('child-c', await owner('owner-c'))
    await api.call('DELETE', `${configMaps}/owner-c`, { body: { propagationPolicy: 'Orphan' } })
    await until('owner-c', isGone)
    const left = await until('child-c', (found) => found?.['metadata'].ownerReferences === undefined)
    assert.ok(left)
  })
})

it('nobody owns across namespaces: what says so goes, and holds up nobody there', async () => {
  const elsewhere = '/api/v1/namespaces/elsewhere/configmaps'
  await api.call('POST', '/api/v1/namespaces', {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'elsewhere' } },
  })
  const by = await owner('owner-d')
  // With a finalizer of its own it would be there for ever, and its owner with it.
  const metadata = {
    name: 'intruder',
    ownerReferences: [{ ...by, blockOwnerDeletion: true }],
    finalizers: ['example.com/hold'],
  }
  await api.call('POST', elsewhere, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata } })
  for (const late = Date.now() + 5_000; ;) {
    const { body } = await api.call('GET', `${elsewhere}/intruder`)
    if (body['metadata'].deletionTimestamp !== undefined) break
    assert.ok(Date.now() < late, 'the intruder stays')
  }
  await api.call('DELETE', `${configMaps}/owner-d`, { body: { propagationPolicy: 'Foreground' } })
  await until('owner-d', isGone)
})

it('a namespace goes with the last thing in it, and takes nothing new meanwhile', async () => {
  const team = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }
  await api.call('POST', '/api/v1/namespaces', { body: team })
  const inTeam = '/api/v1/namespaces/team/configmaps'
  const held = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', finalizers: ['example.com/wait'] } }
  await api.call('POST', inTeam, { body: held })
  const { body: going } = await api.call('DELETE', '/api/v1/namespaces/team')
  assert.equal(going['status'].phase, 'Terminating')
  const refused = await api.call('POST', inTeam, { body: { ...held, metadata: { name: 'new' } } })
  assert.deepEqual([refused.code, refused.body['details'].causes[0].reason], [403, 'NamespaceTerminating'])
  await api.call('PATCH', `${inTeam}/held`, {
    body: { metadata: { finalizers: null } },
    headers: { 'content-type': 'application/merge-patch+json' },
  })
  for (const late = Date.now() + 5_000; ;) {
    if ((await api.call('GET', '/api/v1/namespaces/team')).code === 404) break
    assert.ok(Date.now() < late, 'the namespace is still there')
  }
  assert.equal((await api.call('DELETE', '/api/v1/namespaces/default')).code, 403)
})

it('the Secrets of a namespace that goes outlast its StreamApps, which may need a token to be tidied up', async () => {
  const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'keyed' } }
  await api.call('POST', '/api/v1/namespaces', { body: made })
  const apps = '/apis/streams.weirkeeper.dev/v1alpha1/namespaces/keyed/streamapps'
  await api.call('POST', apps, { body: streamApp('held') })
  const inside = '/api/v1/namespaces/keyed'
  for (const [plural, kind] of [
    ['secrets', 'Secret'],
    ['configmaps', 'ConfigMap'],
  ] as const) {
    await api.call('POST', `${inside}/${plural}`, { body: { apiVersion: 'v1', kind, metadata: { name: 'a' } } })
  }
  await api.call('DELETE', inside)
  const untilGone = async (path: string): Promise<void> => {
    for (const late = Date.now() + 5_000; (await api.call('GET', path)).code !== 404;) {
      assert.ok(Date.now() < late, `${path} is still there`)
    }
  }
  await untilGone(`${inside}/configmaps/a`)
  assert.equal((await api.call('GET', `${inside}/secrets/a`)).code, 200)
  const headers = { 'content-type': 'application/merge-patch+json' }
  await api.call('PATCH', `${apps}/held`, { body: { metadata: { finalizers: null } }, headers })
  await untilGone(inside)
})
