import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApi, type ApiUnderTest, type Fields, type Reply } from '../support/api-server.ts'
import { streamApp, streamApps } from '../support/api-stream-app.ts'

let api: ApiUnderTest
before(async () => {
  api = await startApi()
})
after(() => api.close())

const configMaps = '/api/v1/namespaces/default/configmaps'
const secrets = '/api/v1/namespaces/default/secrets'
const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
const merge = { 'content-type': 'application/merge-patch+json' }
const apply = { 'content-type': 'application/apply-patch+yaml' }

function configMap(name: string, more: Fields = {}): Fields {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...more }
}

function fieldsAtFault({ body }: Reply): readonly string[] {
  return body['details'].causes.map(({ field }: Fields) => field)
}

function warningsOf({ headers }: Reply): string {
  return String(headers['warning'] ?? '')
}

describe('a field that nobody knows', () => {
  it('is refused in a core kind, too, where the client is strict, and says what was meant', async () => {
    const reply = await api.call('POST', `${configMaps}?fieldValidation=Strict`, {
      body: configMap('strict', { dta: { a: 'b' } }),
    })
    assert.equal(reply.code, 400)
    assert.equal(reply.body['message'], 'strict decoding error: unknown field "dta" (did you mean "data"?)')
  })

  it('is dropped from a core kind with a warning, or without one', async () => {
    const warned = await api.call('POST', configMaps, { body: configMap('warned', { dta: {}, data: { a: 'b' } }) })
    assert.match(warningsOf(warned), /unknown field \\"dta\\"/)
    assert.deepEqual([warned.body['dta'], warned.body['data']], [undefined, { a: 'b' }])
    const silent = await api.call('POST', `${configMaps}?fieldValidation=Ignore`, {
      body: configMap('silent', { dta: {} }),
    })
    assert.deepEqual([silent.code, warningsOf(silent), silent.body['dta']], [201, '', undefined])
  })

  it('is found in metadata, whatever the request', async () => {
    const body = streamApp('meta', { metadata: { nmae: 'x' } })
    const posted = await api.call('POST', `${streamApps}?fieldValidation=Strict`, { body })
    assert.match(posted.body['message'], /^strict decoding error: unknown field "metadata\.nmae"/)
    const warned = await api.call('POST', streamApps, { body })
    assert.match(warningsOf(warned), /unknown field \\"metadata\.nmae\\"/)
    const patched = await api.call('PATCH', `${streamApps}/meta?fieldValidation=Strict`, {
      body: { metadata: { nmae: 'x' } },
      headers: merge,
    })
    assert.deepEqual([patched.code, patched.body['reason']], [422, 'Invalid'], 'as Kubernetes refuses a patch')
    assert.match(patched.body['message'], /unknown field "metadata\.nmae"/)
    const applied = await api.call('PATCH', `${streamApps}/meta?fieldManager=a&fieldValidation=Strict`, {
      body,
      headers: apply,
    })
    assert.match(applied.body['message'], /unknown field "metadata\.nmae"/)
  })

  it('is found in a status', async () => {
    await api.call('POST', streamApps, { body: streamApp('status') })
    const reply = await api.call('PATCH', `${streamApps}/status/status?fieldValidation=Strict`, {
      body: { status: { tsks: 1 } },
      headers: merge,
    })
    assert.match(reply.body['message'], /unknown field "status\.tsks"/)
  })
})

describe('a field that stands twice', () => {
  const twice = (name: string): string =>
    JSON.stringify(streamApp(name)).replace('"spec":{', '"spec":{"drift":"Heal","drift":"Warn",')

  it('is refused where the client is strict, and told otherwise: the last counts', async () => {
    const strict = await api.call('POST', `${streamApps}?fieldValidation=Strict`, { body: twice('twice') })
    assert.deepEqual(
      [strict.code, strict.body['message']],
      [400, 'strict decoding error: duplicate field "spec.drift"'],
    )
    const warned = await api.call('POST', streamApps, { body: twice('twice') })
    assert.match(warningsOf(warned), /duplicate field \\"spec\.drift\\"/)
    assert.equal(warned.body['spec'].drift, 'Warn')
    const silent = await api.call('POST', `${streamApps}?fieldValidation=Ignore`, { body: twice('silent') })
    assert.doesNotMatch(warningsOf(silent), /duplicate/)
  })

  it('is found in a patch', async () => {
    await api.call('POST', streamApps, { body: streamApp('patched') })
    const reply = await api.call('PATCH', `${streamApps}/patched?fieldValidation=Strict`, {
      body: '{"spec":{"drift":"Heal","drift":"Warn"}}',
      headers: merge,
    })
    assert.match(reply.body['message'], /duplicate field "spec\.drift"/)
  })
})

describe('a value of another type than its field has', () => {
  it('is refused in a core kind, each at its field', async () => {
    const reply = await api.call('POST', configMaps, { body: configMap('types', { data: { a: 1 }, immutable: 'yes' }) })
    assert.equal(reply.code, 422)
    assert.deepEqual(fieldsAtFault(reply).toSorted(), ['data.a', 'immutable'])
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'types' } }
    const spec = { leaseDurationSeconds: '15', renewTime: 'yesterday' }
    const refused = await api.call('POST', leases, { body: { ...lease, spec } })
    assert.deepEqual(fieldsAtFault(refused).toSorted(), ['spec.leaseDurationSeconds', 'spec.renewTime'])
    const ofTransitions = (leaseTransitions: number) =>
      api.call('POST', `${leases}?dryRun=All`, { body: { ...lease, spec: { leaseTransitions } } })
    assert.deepEqual(fieldsAtFault(await ofTransitions(2 ** 31)), ['spec.leaseTransitions'])
    assert.equal((await ofTransitions(2 ** 31 - 1)).code, 201)
  })

  it('is not shown where it may be a secret', async () => {
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'types' }, stringData: { password: 271_828 } }
    const reply = await api.call('POST', secrets, { body })
    assert.equal(reply.code, 422)
    assert.deepEqual(fieldsAtFault(reply), ['stringData.password'])
    assert.doesNotMatch(reply.text, /271828/)
  })
})

it('a field that lacks is named as Kubernetes names it', async () => {
  const { spec: _spec, ...headless } = streamApp('lacking')
  const without = await api.call('POST', streamApps, { body: headless })
  assert.deepEqual(without.body['details'].causes[0].reason, 'FieldValueRequired')
  assert.deepEqual(fieldsAtFault(without), ['spec'])
  const empty = await api.call('POST', streamApps, { body: { ...headless, spec: {} } })
  assert.deepEqual(fieldsAtFault(empty), ['spec.app', 'spec.topology'])
})

it('an owner that is half said, or one of two in charge, is told at its field', async () => {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'u' }
  const owned = (...ownerReferences: readonly Fields[]) =>
    api.call('POST', configMaps, { body: configMap('owned', { metadata: { name: 'owned', ownerReferences } }) })
  const half = await owned({ kind: 'ConfigMap', name: 'a' })
  assert.deepEqual(fieldsAtFault(half), ['metadata.ownerReferences[0].apiVersion', 'metadata.ownerReferences[0].uid'])
  const both = await owned({ ...owner, controller: true }, { ...owner, uid: 'v', controller: true })
  assert.equal(both.code, 422)
  assert.match(both.body['message'], /ConfigMap\/a and ConfigMap\/a have it/)
})

it('what a write should do and how it is shown is asked in words that are known', async () => {
  const body = configMap('options')
  const tables = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
  const dry = await api.call('POST', `${configMaps}?dryRun=Some`, { body })
  assert.deepEqual([dry.code, fieldsAtFault(dry)], [422, ['dryRun']])
  const strict = await api.call('POST', `${configMaps}?fieldValidation=strict`, { body })
  assert.deepEqual([strict.code, fieldsAtFault(strict)], [422, ['fieldValidation']])
  const table = await api.call('GET', `${configMaps}?includeObject=All`, { headers: tables })
  assert.equal(table.code, 400)
})

it('an object in a version that is not there yet is not shown in an older one', async () => {
  await api.call('POST', configMaps, { body: configMap('versions') })
  const future = await api.call('GET', `${configMaps}/versions?resourceVersion=99999999`)
  assert.deepEqual([future.code, future.body['details'].causes[0].reason], [504, 'ResourceVersionTooLarge'])
  assert.equal((await api.call('GET', `${configMaps}/versions?resourceVersion=0`)).code, 200)
})
