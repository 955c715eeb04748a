import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApi, type ApiUnderTest, type Fields, type Reply } from '../support/api-server.ts'
import { streamApp, streamApps } from '../support/api-stream-app.ts'

let api: ApiUnderTest
before(async () => {
  api = await startApi()
})
after(() => api.close())

const merge = { 'content-type': 'application/merge-patch+json' }
const apply = { 'content-type': 'application/apply-patch+yaml' }
const tidy = 'streams.weirkeeper.dev/tidy'

async function create(name: string): Promise<Fields> {
  const { code, body, text } = await api.call('POST', streamApps, { body: streamApp(name) })
  assert.equal(code, 201, text)
  return body
}

function patch(name: string, body: unknown, query = ''): Promise<Reply> {
  return api.call('PATCH', `${streamApps}/${name}${query}`, { body, headers: merge })
}

function refusalOf({ code, body }: Reply): readonly unknown[] {
  return [code, body['reason'], ...(body['details'].causes ?? []).map(({ field }: Fields) => field)]
}

describe('an object stays the one that it is', () => {
  it('whatever a patch says', async () => {
    await create('same')
    const cases: readonly (readonly [body: unknown, refusal: readonly unknown[]])[] = [
      [{ metadata: { uid: 'other' } }, [422, 'Invalid', 'metadata.uid']],
      [{ metadata: { deletionTimestamp: '2020-01-01T00:00:00Z' } }, [422, 'Invalid', 'metadata.deletionTimestamp']],
      [{ metadata: { resourceVersion: null } }, [422, 'Invalid', 'metadata.resourceVersion']],
      [{ metadata: { labels: { tier: 5 } } }, [422, 'Invalid']],
      [{ kind: 'Other' }, [422, 'Invalid', 'kind']],
      [{ metadata: null }, [400, 'BadRequest']],
      [{ metadata: { resourceVersion: '1' } }, [409, 'Conflict']],
    ]
    for (const [body, refusal] of cases) assert.deepEqual(refusalOf(await patch('same', body)), refusal)
  })

  it('and what nobody knows is told before that', async () => {
    await create('strict')
    const strict = await patch('strict', { metadata: { resourceVersion: '1', nope: 1 } }, '?fieldValidation=Strict')
    assert.match(strict.body['message'], /unknown field "metadata\.nope"/)
  })

  it('and a PUT names it, and the version that was seen', async () => {
    const { metadata, ...app } = await create('put')
    const put = async (changes: Fields) =>
      refusalOf(await api.call('PUT', `${streamApps}/put`, { body: { ...app, metadata: { ...metadata, ...changes } } }))
    assert.deepEqual(await put({ name: '' }), [400, 'BadRequest'])
    assert.deepEqual(await put({ resourceVersion: '0' }), [422, 'Invalid', 'metadata.resourceVersion'])
    assert.deepEqual(await put({ uid: 'other' }), [409, 'Conflict'])
  })

  it('and an apply that makes it compares nothing with a version, and takes no uid for given', async () => {
    const made = (name: string, metadata: Fields) =>
      api.call('PATCH', `${streamApps}/${name}?fieldManager=a`, {
        body: streamApp(name, { metadata: { name, ...metadata } }),
        headers: apply,
      })
    assert.equal((await made('applied', { resourceVersion: '1' })).code, 201)
    assert.deepEqual(refusalOf(await made('unmade', { uid: 'mine' })), [422, 'Invalid', 'metadata.uid'])
  })
})

describe('what a query says of a write', () => {
  it('is held to what the write is', async () => {
    await create('query')
    assert.deepEqual(refusalOf(await patch('query', {}, '?force=true')), [422, 'Invalid', 'force'])
    assert.deepEqual(refusalOf(await patch('query', {}, '?fieldManager=%00')), [422, 'Invalid', 'fieldManager'])
    const long = `?fieldManager=${'x'.repeat(129)}`
    assert.deepEqual(refusalOf(await patch('query', {}, long)), [422, 'Invalid', 'fieldManager'])
    const nobody = await api.call('PATCH', `${streamApps}/query?fieldManager=`, {
      body: streamApp('query'),
      headers: apply,
    })
    assert.deepEqual(refusalOf(nobody), [422, 'Invalid', 'fieldManager'])
  })
})

describe('an object that goes', () => {
  const finalizersOf = ({ body }: Reply): unknown => body['metadata'].finalizers

  it('goes as the last DELETE says, and as it did where that says nothing', async () => {
    await create('going')
    const remove = (body?: Fields, query = '') => api.call('DELETE', `${streamApps}/going${query}`, { body })
    assert.deepEqual(finalizersOf(await remove({ propagationPolicy: 'Foreground' })), [tidy, 'foregroundDeletion'])
    assert.deepEqual(finalizersOf(await remove()), [tidy, 'foregroundDeletion'])
    assert.deepEqual(finalizersOf(await remove({ orphanDependents: true })), [tidy, 'orphan'])
    assert.deepEqual(finalizersOf(await remove(undefined, '?propagationPolicy=Background')), [tidy])
    const both = { propagationPolicy: 'Orphan', orphanDependents: true }
    assert.deepEqual(refusalOf(await remove(both)), [422, 'Invalid', 'propagationPolicy'])
    const other = await remove({ apiVersion: 'streams.weirkeeper.dev/v1alpha1', kind: 'StreamApp' })
    assert.deepEqual(refusalOf(other), [400, 'BadRequest'])
  })

  it('is shown for the last time without what it waited for', async () => {
    await create('last')
    const { body: going } = await api.call('DELETE', `${streamApps}/last`)
    const last = await patch('last', { metadata: { finalizers: null } })
    assert.deepEqual([last.code, finalizersOf(last)], [200, undefined])
    const { deletionTimestamp, resourceVersion } = last.body['metadata']
    assert.deepEqual(
      [deletionTimestamp, resourceVersion],
      [going['metadata'].deletionTimestamp, going['metadata'].resourceVersion],
    )
    assert.equal((await api.call('GET', `${streamApps}/last`)).code, 404)
  })
})
