import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApi, type ApiUnderTest, type Fields } from '../support/api-server.ts'
import { streamApp, streamApps } from '../support/api-stream-app.ts'

let api: ApiUnderTest
before(async () => {
  api = await startApi()
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const labels = { letter: name, kind: name < 'c' ? 'early' : 'late' }
    await api.call('POST', configMaps, { body: configMap(name, { labels }) })
  }
})
after(() => api.close())

const configMaps = '/api/v1/namespaces/default/configmaps'
const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

function configMap(name: string, metadata: Fields = {}): Fields {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data: { a: 'b' } }
}

async function names(query: string): Promise<string> {
  const { code, body, text } = await api.call('GET', `${configMaps}?${query}`)
  assert.equal(code, 200, text)
  return body['items'].map(({ metadata }: Fields) => metadata.name).join('')
}

describe('a list', () => {
  const cases: readonly (readonly [query: string, found: string])[] = [
    ['', 'abcde'],
    ['labelSelector=letter%3Da', 'a'],
    ['labelSelector=letter!%3Da', 'bcde'],
    ['labelSelector=letter in (a,c),kind', 'ac'],
    ['labelSelector=letter notin (a,c)', 'bde'],
    ['labelSelector=kind%3Dlate,letter!%3De', 'cd'],
    ['labelSelector=!kind', ''],
    ['fieldSelector=metadata.name%3Db', 'b'],
    ['fieldSelector=metadata.name!%3Db,metadata.namespace%3Ddefault', 'acde'],
  ]
  for (const [query, found] of cases) {
    it(`chooses by ${decodeURIComponent(query) || 'nothing'}`, async () => {
      assert.equal(await names(query.replaceAll(' ', '%20')), found)
    })
  }

  it('refuses selectors that it cannot answer', async () => {
    for (const query of ['labelSelector=a%20b', 'fieldSelector=data.a%3Db', 'limit=few', 'continue=nonsense']) {
      assert.equal((await api.call('GET', `${configMaps}?${query}`)).code, 400, query)
    }
  })

  it('comes in pages that show one moment, whatever changes between them', async () => {
    const first = (await api.call('GET', `${configMaps}?limit=2`)).body
    await api.call('DELETE', `${configMaps}/d`)
    await api.call('POST', configMaps, { body: configMap('bb') })
    const second = (await api.call('GET', `${configMaps}?limit=2&continue=${first['metadata'].continue}`)).body
    const third = (await api.call('GET', `${configMaps}?limit=2&continue=${second['metadata'].continue}`)).body
    const pages = [first, second, third].map((page) =>
      page['items'].map(({ metadata }: Fields) => metadata.name).join(''),
    )
    assert.deepEqual(pages, ['ab', 'cd', 'e'])
    assert.deepEqual(
      [first, second, third].map((page) => page['metadata'].remainingItemCount),
      [3, 1, undefined],
    )
    assert.equal(second['metadata'].resourceVersion, first['metadata'].resourceVersion)
    assert.equal(third['metadata'].continue, undefined)
    assert.equal(
      await names(`resourceVersion=${first['metadata'].resourceVersion}&resourceVersionMatch=Exact`),
      'abcde',
    )
    assert.equal(await names(''), 'abbbce')
  })

  it('is not made up for a version that nobody wrote', async () => {
    const reply = await api.call('GET', `${configMaps}?resourceVersion=999999`)
    assert.deepEqual([reply.code, reply.body['details'].causes[0].reason], [504, 'ResourceVersionTooLarge'])
  })

  it('is a table where one is asked for', async () => {
    const { body } = await api.call('GET', configMaps, { headers: { accept: tableType } })
    assert.deepEqual(
      body['columnDefinitions'].map(({ name }: Fields) => name),
      ['Name', 'Data', 'Age'],
    )
    const [row] = body['rows']
    assert.deepEqual([row.cells.slice(0, 2), row.object.kind], [['a', 1], 'PartialObjectMetadata'])
    const refused = await api.call('GET', configMaps, { headers: { accept: 'text/html' } })
    assert.equal(refused.code, 406)
  })
})

describe('a watch', () => {
  it('tells each change after the version that it names, once, in order', async () => {
    const { body: list } = await api.call('GET', streamApps)
    const watch = api.watch(`${streamApps}?watch=true&resourceVersion=${list['metadata'].resourceVersion}`)
    await api.call('POST', streamApps, { body: streamApp('watched') })
    await api.call('PATCH', `${streamApps}/watched`, {
      body: { spec: { suspend: true }, metadata: { finalizers: null } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    const events = [await watch.next(), await watch.next()]
    watch.close()
    assert.deepEqual(
      events.map(({ type, object }) => `${type} ${object.metadata.name} ${object.spec.suspend}`),
      ['ADDED watched false', 'MODIFIED watched true'],
    )
  })

  it('lists first and says when that was all, where it is asked to', async () => {
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const watch = api.watch(`/api/v1/namespaces?${query}`)
    assert.equal((await watch.next())['object'].metadata.name, 'default')
    const { type, object } = await watch.next()
    assert.deepEqual([type, object.metadata.annotations], ['BOOKMARK', { 'k8s.io/initial-events-end': 'true' }])
    watch.close()
  })

  it('shows objects come and go as they meet its selector and cease to', async () => {
    await api.call('POST', configMaps, { body: configMap('edge') })
    const { body: list } = await api.call('GET', configMaps)
    const { resourceVersion } = list['metadata']
    const watch = api.watch(`${configMaps}?watch=1&labelSelector=seen&resourceVersion=${resourceVersion}`)
    for (const seen of ['yes', 'still', null]) {
      await api.call('PATCH', `${configMaps}/edge`, {
        body: { metadata: { labels: { seen } } },
        headers: { 'content-type': 'application/merge-patch+json' },
      })
    }
    const types = [await watch.next(), await watch.next(), await watch.next()].map(({ type }) => type)
    watch.close()
    assert.deepEqual(types, ['ADDED', 'MODIFIED', 'DELETED'])
  })

  it('names the columns of a table once', async () => {
    const watch = api.watch(`${configMaps}?watch=1&resourceVersion=0`, { accept: tableType })
    const [first, second] = [await watch.next(), await watch.next()]
    watch.close()
    assert.deepEqual([first['object'].columnDefinitions.length, second['object'].columnDefinitions], [3, null])
  })

  it('ends after the time that it was given', async () => {
    const watch = api.watch(`${configMaps}?watch=1&timeoutSeconds=1&labelSelector=none`)
    await watch.ended
  })

  it('is sent back to list again where its version is no longer known', async () => {
    const other = await startApi([], api.record)
    try {
      const watch = other.watch(`${configMaps}?watch=1&resourceVersion=1`)
      const { type, object } = await watch.next()
      assert.deepEqual([type, object.code, object.reason], ['ERROR', 410, 'Expired'])
      await watch.ended
    } finally {
      await other.close()
    }
  })

  it('sees what another process of ours wrote', async () => {
    const other = await startApi([], api.record)
    try {
      const { body: list } = await api.call('GET', configMaps)
      const watch = api.watch(`${configMaps}?watch=1&resourceVersion=${list['metadata'].resourceVersion}`)
      await other.call('POST', configMaps, { body: configMap('from-elsewhere') })
      assert.equal((await watch.next())['object'].metadata.name, 'from-elsewhere')
      watch.close()
    } finally {
      await other.close()
    }
  })
})

describe('a watch of events', () => {
  const events = '/api/v1/namespaces/default/events'
  const tell = (message: string): Promise<void> =>
    api.record.tell([
      { key: { kind: 'StreamApp', namespace: 'default', name: 'told' }, type: 'Normal', reason: 'Told', message },
    ])

  it('tells what came between the list and the watch, each once and in order, and what is counted again', async (t) => {
    await tell('before the list')
    const { body } = await api.call('GET', events)
    await tell('before the watch')
    await tell('before the list')
    const watch = api.watch(`${events}?watch=1&resourceVersion=${body['metadata'].resourceVersion}`)
    t.after(() => watch.close())
    const told = [await watch.next(), await watch.next()].map(
      ({ type, object }) => `${type} ${object.message} ${object.count}`,
    )
    assert.deepEqual(told, ['ADDED before the watch 1', 'MODIFIED before the list 2'])
    await tell('while it lasts')
    const { type, object } = await watch.next()
    assert.deepEqual([type, object.message], ['ADDED', 'while it lasts'])
  })

  it('goes on from the version of the last one that was seen, and tells what is posted and taken away, too', async (t) => {
    const { body } = await api.call('GET', events)
    await tell('seen')
    const first = api.watch(`${events}?watch=1&resourceVersion=${body['metadata'].resourceVersion}`)
    const { object } = await first.next()
    first.close()
    assert.equal(object.message, 'seen')
    const posted = { metadata: { name: 'posted' }, involvedObject: { namespace: 'default' }, message: 'by hand' }
    await api.call('POST', events, { body: posted })
    await tell('not seen')
    await api.call('DELETE', `${events}/posted`)
    const again = api.watch(`${events}?watch=1&resourceVersion=${object.metadata.resourceVersion}`)
    t.after(() => again.close())
    const told = [await again.next(), await again.next(), await again.next()]
    assert.deepEqual(
      told.map(({ type, object: { message } }) => `${type} ${message}`),
      ['ADDED by hand', 'ADDED not seen', 'DELETED by hand'],
    )
    const versions = told.map(({ object: { metadata } }) => Number(metadata.resourceVersion))
    assert.deepEqual(
      versions,
      versions.toSorted((one, other) => one - other),
    )
  })

  it('is told by any process of the version that another one gave', async (t) => {
    const other = await startApi([], api.record)
    t.after(() => other.close())
    const { body } = await api.call('GET', events)
    await tell('told to both')
    const watch = other.watch(`${events}?watch=1&resourceVersion=${body['metadata'].resourceVersion}`)
    t.after(() => watch.close())
    assert.equal((await watch.next())['object'].message, 'told to both')
  })

  it('from a version before this process began sends the client back to list', async (t) => {
    const watch = api.watch(`${events}?watch=1&resourceVersion=1`)
    t.after(() => watch.close())
    const { type, object } = await watch.next()
    assert.deepEqual([type, object.code, object.reason], ['ERROR', 410, 'Expired'])
    await watch.ended
  })
})

describe('which version of a list is meant', () => {
  const namesIn = (body: Fields): readonly string[] => body['items'].map(({ metadata }: Fields) => metadata.name)

  it('is refused where nothing is named that could match', async () => {
    const refused = ['resourceVersionMatch=Exact', 'resourceVersion=1&resourceVersionMatch=Odd']
    for (const query of [...refused, 'resourceVersion=0&resourceVersionMatch=Exact']) {
      const { code, body } = await api.call('GET', `${configMaps}?${query}`)
      assert.deepEqual([code, body['details'].causes[0].field], [422, 'resourceVersionMatch'], query)
    }
  })

  it('is just the one that is named, where a page of it is asked for', async () => {
    const create = (name: string) =>
      api.call('POST', configMaps, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } })
    await create('before')
    const { resourceVersion } = (await api.call('GET', configMaps)).body['metadata']
    await create('after')
    const page = await api.call('GET', `${configMaps}?limit=50&resourceVersion=${resourceVersion}`)
    assert.deepEqual([namesIn(page.body).includes('before'), namesIn(page.body).includes('after')], [true, false])
    const whole = await api.call('GET', `${configMaps}?resourceVersion=${resourceVersion}`)
    assert.equal(namesIn(whole.body).includes('after'), true)
  })
})
