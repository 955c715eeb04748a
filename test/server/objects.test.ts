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

async function create(name: string, spec: Fields = {}): Promise<Fields> {
  const { code, body, text } = await api.call('POST', streamApps, { body: streamApp(name, spec) })
  assert.equal(code, 201, text)
  return body
}

function patch(
  name: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = merge,
  query = '',
): Promise<Reply> {
  return api.call('PATCH', `${streamApps}/${name}${query}`, { body, headers })
}

function causes({ body }: Reply): readonly string[] {
  return body['details'].causes.map(({ field, message }: Fields) => `${field}: ${message}`)
}

describe('an object that is declared', () => {
  it('gets what is ours to give, and its defaults', async () => {
    const created = await create('born', {
      metadata: { uid: 'mine', generation: 7, deletionTimestamp: '2020-01-01T00:00:00Z' },
    })
    const { uid, generation, creationTimestamp, resourceVersion, finalizers, deletionTimestamp } = created['metadata']
    assert.match(uid, /^[0-9a-f-]{36}$/)
    assert.match(creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.ok(Number(resourceVersion) > 0)
    assert.deepEqual([generation, finalizers, deletionTimestamp], [1, ['streams.weirkeeper.dev/tidy'], undefined])
    assert.deepEqual(created['spec'].scaling, { policy: 'tasks', min: 1 })
    assert.equal(created['spec'].applicationName, undefined)
  })

  it('has a status of ours only', async () => {
    const { body } = await api.call('POST', streamApps, { body: { ...streamApp('reported'), status: { tasks: 99 } } })
    assert.equal(body['status'], undefined)
    await api.call('PATCH', `${streamApps}/reported/status`, { body: { status: { tasks: 6 } }, headers: merge })
    const { body: now } = await patch('reported', { status: { tasks: 99 }, spec: { drift: 'Warn' } })
    assert.deepEqual([now['status'], now['spec'].drift], [{ tasks: 6 }, 'Warn'])
  })

  it('is not reported on otherwise than the schema of its status has it', async () => {
    await create('misreported')
    const report = (status: Fields): Promise<Reply> =>
      api.call('PATCH', `${streamApps}/misreported/status`, { body: { status }, headers: merge })
    const refused = await report({
      tasks: 'six',
      conditions: [{ type: 'Ready', status: 'True', message: 'all is well' }],
    })
    assert.equal(refused.code, 422)
    assert.deepEqual(causes(refused).toSorted(), [
      'status.conditions[0].lastTransitionTime: Required value',
      'status.conditions[0].reason: Required value',
      'status.tasks: Invalid value: must be integer',
    ])
    const conditions = [
      { type: 'Ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: '2026-11-25T12:00:00Z' },
    ]
    assert.equal((await report({ conditions, dynos: { running: 'unknown' }, applicationId: null })).code, 200)
  })

  it('is given the end of its name where it only begins one', async () => {
    const { body } = await api.call('POST', streamApps, {
      body: streamApp('', { metadata: { generateName: 'made-' } }),
    })
    assert.match(body['metadata'].name, /^made-[a-z0-9]{5}$/)
  })

  it('is not made twice, nor where there is no such namespace, nor under another address', async () => {
    await create('once')
    const twice = await api.call('POST', streamApps, { body: streamApp('once') })
    assert.deepEqual([twice.code, twice.body['reason']], [409, 'AlreadyExists'])
    const nowhere = streamApps.replace('default', 'nowhere')
    const lost = await api.call('POST', nowhere, { body: streamApp('lost') })
    assert.deepEqual([lost.code, lost.body['message']], [404, 'namespaces "nowhere" not found'])
    const elsewhere = await api.call('POST', streamApps, {
      body: streamApp('lost', { metadata: { namespace: 'other' } }),
    })
    assert.equal(elsewhere.code, 400)
  })

  it('is refused with every mistake at once, each at its field with what to write instead', async () => {
    const reply = await api.call('POST', streamApps, {
      body: streamApp('wrong', { app: 'Not An App', drift: 'Maybe', topics: [{ name: 'a b', partitions: 0 }] }),
    })
    assert.deepEqual([reply.code, reply.body['reason']], [422, 'Invalid'])
    const told = causes(reply)
    assert.ok(told.some((line) => line.startsWith('spec.app: ') && line.includes('heroku apps')))
    assert.ok(told.some((line) => line.startsWith('spec.drift: ') && line.includes('Heal')))
    assert.ok(told.some((line) => line === 'spec.topics[0].partitions: partitions must be 1 or more'))
  })

  it('loses fields that nobody knows: refused, warned of, or in silence, as the client asks', async () => {
    const body = streamApp('unknown', { scaling: { polcy: 'fixed' } })
    const strict = await api.call('POST', `${streamApps}?fieldValidation=Strict`, { body })
    assert.deepEqual([strict.code, /did you mean "policy"/.test(strict.body['message'])], [400, true])
    const warned = await api.call('POST', `${streamApps}?dryRun=All`, { body })
    assert.match(String(warned.headers['warning']), /299 - "unknown field \\"spec.scaling.polcy\\""/)
    const silent = await api.call('POST', `${streamApps}?fieldValidation=Ignore`, { body })
    assert.deepEqual([silent.code, silent.headers['warning']], [201, undefined])
    assert.deepEqual(silent.body['spec'].scaling, { policy: 'tasks', min: 1 })
  })
})

describe('a body that does not say what it is', () => {
  it('is what the address says, for the core kinds, as typed clients send them', async () => {
    const body = { metadata: { name: 'untold' }, data: { a: 'b' } }
    const { code, body: made } = await api.call('POST', '/api/v1/namespaces/default/configmaps', { body })
    assert.deepEqual([code, made['kind'], made['apiVersion']], [201, 'ConfigMap', 'v1'])
    const { kind: _kind, ...untold } = streamApp('untold')
    assert.equal((await api.call('POST', streamApps, { body: untold })).code, 400)
  })
})

describe('an object that changes', () => {
  it('counts a generation for its declaration only, and a version for a change only', async () => {
    const first = await create('counted')
    const labelled = (await patch('counted', { metadata: { labels: { a: 'b' } } })).body['metadata']
    const respecified = (await patch('counted', { spec: { suspend: true } })).body['metadata']
    const same = (await patch('counted', { spec: { suspend: true } })).body['metadata']
    assert.deepEqual([first['metadata'].generation, labelled.generation, respecified.generation], [1, 1, 2])
    assert.notEqual(labelled.resourceVersion, first['metadata'].resourceVersion)
    assert.equal(same.resourceVersion, respecified.resourceVersion)
  })

  it('is replaced only as it was seen', async () => {
    const seen = await create('seen')
    const unseen = await api.call('PUT', `${streamApps}/seen`, { body: streamApp('seen') })
    assert.deepEqual([unseen.code, causes(unseen)[0]?.startsWith('metadata.resourceVersion: ')], [422, true])
    await patch('seen', { spec: { drift: 'Warn' } })
    const stale = await api.call('PUT', `${streamApps}/seen`, { body: seen })
    assert.deepEqual([stale.code, stale.body['reason']], [409, 'Conflict'])
    const { body: now } = await api.call('GET', `${streamApps}/seen`)
    const { metadata, ...rest } = now
    const { finalizers: _left, ...withoutFinalizers } = metadata
    const put = await api.call('PUT', `${streamApps}/seen`, { body: { ...rest, metadata: withoutFinalizers } })
    assert.deepEqual([put.code, put.body['metadata'].finalizers], [200, ['streams.weirkeeper.dev/tidy']])
  })

  it('keeps what a dry run would change', async () => {
    await create('dry')
    const { body } = await patch('dry', { spec: { suspend: true } }, merge, '?dryRun=All')
    assert.equal(body['spec'].suspend, true)
    const { body: now } = await api.call('GET', `${streamApps}/dry`)
    assert.deepEqual([now['spec'].suspend, now['metadata'].generation], [false, 1])
  })

  it('takes a JSON patch as a whole or not at all', async () => {
    await create('patched')
    const json = { 'content-type': 'application/json-patch+json' }
    const wrong = [
      { op: 'test', path: '/spec/app', value: 'another' },
      { op: 'replace', path: '/spec/drift', value: 'Warn' },
    ]
    assert.equal((await patch('patched', wrong, json)).code, 422)
    const right = await patch('patched', [{ op: 'replace', path: '/spec/drift', value: 'Warn' }], json)
    assert.equal(right.body['spec'].drift, 'Warn')
    assert.equal((await patch('patched', {}, { 'content-type': 'application/strategic-merge-patch+json' })).code, 415)
  })

  it('is scaled to a number of dynos', async () => {
    await create('scaled', { scaling: { max: 2 } })
    await api.call('PATCH', `${streamApps}/scaled/scale`, { body: { spec: { replicas: 3 } }, headers: merge })
    const { body } = await api.call('GET', `${streamApps}/scaled`)
    assert.deepEqual(body['spec'].scaling, { policy: 'fixed', min: 3, max: 3 })
    const { body: scale } = await api.call('GET', `${streamApps}/scaled/scale`)
    assert.deepEqual([scale['kind'], scale['spec'].replicas], ['Scale', 3])
  })

  it('cannot move to another app once something was made in this one', async () => {
    await create('settled')
    assert.equal((await patch('settled', { spec: { app: 'other-app' } })).code, 200)
    const inventory = [{ kind: 'topic', name: 'lines', role: 'user' }]
    await api.call('PATCH', `${streamApps}/settled/status`, { body: { status: { inventory } }, headers: merge })
    const moved = await patch('settled', { spec: { app: 'third-app' } })
    assert.deepEqual([moved.code, /cannot change once something was made/.test(causes(moved)[0] ?? '')], [422, true])
  })

  it('may hold a status newer than this server knows: that is no mistake of who writes the rest', async () => {
    await create('newer')
    const key = { kind: 'StreamApp', namespace: 'default', name: 'newer' }
    const stored = (await api.record.get(key)) ?? assert.fail('nothing is stored')
    const body = { ...stored.body, status: { fromTheFuture: true } }
    await api.record.write([{ kind: 'put', key, body, expected: stored.version, actor: 'controller' }])
    const strict = '?fieldValidation=Strict&fieldManager=test'
    const scaled = await api.call('PATCH', `${streamApps}/newer${strict}`, {
      body: { spec: { scaling: { max: 2 } } },
      headers: merge,
    })
    assert.equal(scaled.code, 200, scaled.text)
    const wrong = await api.call('PATCH', `${streamApps}/newer${strict}`, {
      body: { spec: { scaling: { mx: 2 } } },
      headers: merge,
    })
    assert.match(wrong.text, /unknown field/)
  })

  it('is written by many at once, and no change is lost', async () => {
    await create('busy')
    const names = Array.from({ length: 10 }, (_, index) => `label-${index}`)
    const replies = await Promise.all(names.map((name) => patch('busy', { metadata: { labels: { [name]: 'x' } } })))
    assert.ok(replies.every(({ code }) => code === 200))
    const { body } = await api.call('GET', `${streamApps}/busy`)
    assert.deepEqual(Object.keys(body['metadata'].labels).toSorted(), names.toSorted())
  })
})

describe('server-side apply', () => {
  const apply = (name: string, manager: string, spec: Fields, query = '') =>
    api.call('PATCH', `${streamApps}/${name}?fieldManager=${manager}${query}`, {
      body: streamApp(name, spec),
      headers: { 'content-type': 'application/apply-patch+yaml' },
    })

  it('makes, owns, conflicts, and is forced', async () => {
    assert.equal((await apply('applied', 'one', { drift: 'Heal' })).code, 201)
    assert.equal((await apply('applied', 'one', { drift: 'Heal' })).code, 200)
    const conflict = await apply('applied', 'two', { drift: 'Warn' })
    assert.deepEqual(
      [conflict.code, conflict.body['message']],
      [409, 'Apply failed with 1 conflict: conflict with "one": .spec.drift'],
    )
    const forced = await apply('applied', 'two', { drift: 'Warn' }, '&force=true')
    assert.deepEqual([forced.code, forced.body['spec'].drift, forced.body['metadata'].generation], [200, 'Warn', 2])
  })

  it('owns labels for having applied them empty, keeps none, and refuses the next, as the genuine server does', async () => {
    const empty = { metadata: { labels: {}, annotations: {} } }
    const first = await apply('bare', 'one', empty)
    assert.deepEqual([first.code, first.body['metadata'].labels], [201, undefined], first.text)
    assert.deepEqual(first.body['metadata'].managedFields[0].fieldsV1['f:metadata'], {
      'f:annotations': {},
      'f:labels': {},
    })
    const again = await apply('bare', 'one', empty)
    assert.equal(again.body['metadata'].resourceVersion, first.body['metadata'].resourceVersion)
    const second = await apply('bare', 'two', empty)
    assert.match(second.body['message'], /2 conflicts: .*"one":\n- .metadata.annotations\n- .metadata.labels/)
    assert.equal((await apply('bare', 'two', empty, '&force=true')).code, 200)
    assert.equal((await apply('bare', 'one', {})).code, 200)
    assert.equal((await apply('bare', 'two', { metadata: { labels: { a: 'b' } } })).code, 200)
  })

  it('does not empty what somebody else still owns: it refuses, as Kubernetes does, and says what to write', async () => {
    await create('emptied')
    await api.call('PATCH', `${streamApps}/emptied/status`, { body: { status: { dynos: {} } }, headers: merge })
    const report = (status: Fields): Promise<Reply> =>
      api.call('PATCH', `${streamApps}/emptied/status?fieldManager=one`, {
        body: {
          apiVersion: 'streams.weirkeeper.dev/v1alpha1',
          kind: 'StreamApp',
          metadata: { name: 'emptied' },
          status,
        },
        headers: { 'content-type': 'application/apply-patch+yaml' },
      })
    assert.equal((await report({ dynos: { desired: 2 } })).code, 200)
    const refused = await report({})
    assert.equal(refused.code, 422)
    assert.match(causes(refused).join(), /^status\.dynos: Invalid value: "null": .* somebody else owns the empty map/)
    await api.call('PATCH', `${streamApps}/emptied/status`, { body: { status: { dynos: null } }, headers: merge })
    assert.deepEqual((await report({})).body['status'], {})
  })
})

describe('an object that goes', () => {
  it('is marked, waits for its finalizers, and takes no new ones', async () => {
    await create('leaving')
    const going = await api.call('DELETE', `${streamApps}/leaving`)
    assert.deepEqual([going.code, going.body['kind'], going.body['metadata'].generation], [200, 'StreamApp', 2])
    assert.ok(going.body['metadata'].deletionTimestamp)
    const more = await patch('leaving', {
      metadata: { finalizers: ['streams.weirkeeper.dev/tidy', 'example.com/more'] },
    })
    assert.deepEqual([more.code, /no new finalizers can be added/.test(more.text)], [422, true])
    await patch('leaving', { metadata: { finalizers: null } })
    assert.equal((await api.call('GET', `${streamApps}/leaving`)).code, 404)
  })

  it('goes at once where nobody has to tidy up, as the one that was meant', async () => {
    const secrets = '/api/v1/namespaces/default/secrets'
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'password' }, stringData: { a: 'b' } }
    const { body } = await api.call('POST', secrets, { body: secret })
    assert.deepEqual([body['data'], body['stringData']], [{ a: 'Yg==' }, undefined])
    const other = await api.call('DELETE', `${secrets}/password`, { body: { preconditions: { uid: 'another' } } })
    assert.equal(other.code, 409)
    const gone = await api.call('DELETE', `${secrets}/password`)
    assert.deepEqual([gone.body['status'], gone.body['details'].name], ['Success', 'password'])
  })
})
