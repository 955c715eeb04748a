import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  ApiException,
  AuthorizationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  EventsV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  V1MicroTime,
  type KubernetesListObject,
  type KubernetesObject,
} from '@kubernetes/client-node'
import { isJsonObject } from '../../src/server/api-object.ts'
import { startApi, type ApiUnderTest, type Fields } from '../support/api-server.ts'
import { streamApp, streamApps } from '../support/api-stream-app.ts'
import { Told } from '../support/told.ts'

const resource = { group: 'streams.weirkeeper.dev', version: 'v1alpha1', namespace: 'default', plural: 'streamapps' }
const tidy = 'streams.weirkeeper.dev/tidy'

describe('@kubernetes/client-node', () => {
  let api: ApiUnderTest
  let config: KubeConfig
  let apps: CustomObjectsApi
  let core: CoreV1Api

  before(async () => {
    api = await startApi()
    config = new KubeConfig()
    config.loadFromString(api.kubeconfig)
    apps = config.makeApiClient(CustomObjectsApi)
    core = config.makeApiClient(CoreV1Api)
  })
  after(() => api.close())

  const create = (name: string, more: Fields = {}): Promise<Fields> =>
    apps.createNamespacedCustomObject({ ...resource, body: streamApp(name, more) })

  const patch = (name: string, body: unknown, strategy: PatchStrategy = PatchStrategy.MergePatch): Promise<Fields> =>
    apps.patchNamespacedCustomObject(
      { ...resource, name, body, fieldManager: 'tester' },
      setHeaderOptions('Content-Type', strategy),
    )

  it('creates and reads, and is told what is there, is missing or is wrong', async () => {
    const created = await create('made')
    assert.deepEqual([created['metadata'].generation, created['metadata'].finalizers], [1, [tidy]])
    assert.deepEqual(await apps.getNamespacedCustomObject({ ...resource, name: 'made' }), created)
    await refused(create('made'), 409, 'AlreadyExists')
    await refused(apps.getNamespacedCustomObject({ ...resource, name: 'unmade' }), 404, 'NotFound')
    const message = await refused(create('wrong', { topics: [{ name: 'lines', partitions: 0 }] }), 422, 'Invalid')
    assert.match(message, /partitions must be 1 or more/)
  })

  it('lists page by page, and by label', async () => {
    for (const name of ['page-1', 'page-2', 'page-3']) await create(name, { metadata: { labels: { of: 'pages' } } })
    const names: string[] = []
    let next: string | undefined
    let pages = 0
    do {
      const asked = {
        ...resource,
        labelSelector: 'of in (pages)',
        limit: 2,
        ...(next === undefined ? {} : { _continue: next }),
      }
      const page: Fields = await apps.listNamespacedCustomObject(asked)
      names.push(...page['items'].map((item: Fields) => item['metadata'].name))
      next = page['metadata'].continue
      pages += 1
    } while (next !== undefined)
    assert.deepEqual([pages, names], [2, ['page-1', 'page-2', 'page-3']])
    await refused(apps.listNamespacedCustomObject({ ...resource, _continue: 'nonsense' }), 400, 'BadRequest')
  })

  it('patches by merge and by JSON, not strategically, and replaces no newer version than it has seen', async () => {
    const seen = await create('changed')
    const merged = await patch('changed', { spec: { drift: 'Warn' } })
    assert.deepEqual([merged['spec'].drift, merged['metadata'].generation], ['Warn', 2])
    const operations = [
      { op: 'test', path: '/spec/drift', value: 'Warn' },
      { op: 'replace', path: '/spec/drift', value: 'Heal' },
    ]
    assert.equal((await patch('changed', operations, PatchStrategy.JsonPatch))['spec'].drift, 'Heal')
    await refused(patch('changed', operations, PatchStrategy.JsonPatch), 422, 'Invalid')
    await refused(patch('changed', { spec: {} }, PatchStrategy.StrategicMergePatch), 415, 'UnsupportedMediaType')

    const put = (body: Fields): Promise<Fields> =>
      apps.replaceNamespacedCustomObject({ ...resource, name: 'changed', body })
    await refused(put(seen), 409, 'Conflict')
    const { resourceVersion } = (await apps.getNamespacedCustomObject({ ...resource, name: 'changed' })).metadata
    const body = {
      ...seen,
      metadata: { ...seen['metadata'], resourceVersion },
      spec: { ...seen['spec'], drift: 'Warn' },
    }
    assert.equal((await put(body))['spec'].drift, 'Warn')
  })

  it('applies on the server through its client of any kind: who owns a field is asked, or forced', async () => {
    const any = KubernetesObjectApi.makeApiClient(config)
    const apply = (fieldManager: string, drift: string, force = false): Promise<KubernetesObject> => {
      const spec = { ...streamApp('applied', { drift }), metadata: { name: 'applied', namespace: 'default' } }
      return any.patch(spec, undefined, undefined, fieldManager, force, PatchStrategy.ServerSideApply)
    }
    await apply('first', 'Warn')
    const message = await refused(apply('second', 'Heal'), 409, 'Conflict')
    assert.match(message, /conflict with "first": \.spec\.drift/)
    const { metadata } = await apply('second', 'Heal', true)
    const owners = metadata?.managedFields?.filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes('f:drift'))
    assert.deepEqual(
      owners?.map(({ manager, operation }) => [manager, operation]),
      [['second', 'Apply']],
    )
  })

  it('scales, and writes a status that leaves the rest alone', async () => {
    await create('scaled')
    const named = { ...resource, name: 'scaled' }
    const scale = await apps.getNamespacedCustomObjectScale(named)
    assert.equal(scale.kind, 'Scale')
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
    await apps.patchNamespacedCustomObjectScale({ ...named, body: { spec: { replicas: 3 } } }, merge)
    const { spec } = await apps.getNamespacedCustomObjectScale(named)
    assert.equal(spec.replicas, 3)
    await apps.replaceNamespacedCustomObjectScale({
      ...named,
      body: { ...scale, metadata: { name: 'scaled' }, spec: { replicas: 2 } },
    })
    const status = { observedGeneration: 3, conditions: [] }
    const told = await apps.patchNamespacedCustomObjectStatus(
      { ...named, body: { status, spec: { drift: 'Warn' } } },
      merge,
    )
    const { scaling, drift } = told.spec
    assert.deepEqual([scaling.policy, scaling.min, drift, told.status.observedGeneration], ['fixed', 2, 'Heal', 3])
    assert.equal(told.metadata.generation, 3)
  })

  it('informs of what is there, and of each change to it', async () => {
    await create('informed-1')
    const told = new Told()
    const list = (): Promise<KubernetesListObject<KubernetesObject>> => apps.listNamespacedCustomObject(resource)
    const informer = makeInformer(config, streamApps, list)
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, ({ metadata }) => told.tell(`${verb} ${metadata?.name} ${metadata?.labels?.['at'] ?? ''}`))
    informer.on('error', (error: unknown) => told.tell(String(error)))
    await informer.start()
    try {
      await told.heard('add informed-1 ')
      await create('informed-2')
      await told.heard('add informed-2 ')
      await patch('informed-2', { metadata: { labels: { at: 'once' } } })
      await told.heard('update informed-2 once')
      await apps.deleteNamespacedCustomObject({ ...resource, name: 'informed-2' })
      await patch('informed-2', { metadata: { finalizers: null } })
      await told.heard('delete informed-2 once')
      assert.equal(informer.get('informed-2', 'default'), undefined)
      assert.ok(informer.get('informed-1', 'default'))
    } finally {
      await informer.stop()
    }
  })

  it('deletes: what has a finalizer stays until that is gone', async () => {
    const { uid } = (await create('leaving'))['metadata']
    const named = { ...resource, name: 'leaving' }
    await refused(
      apps.deleteNamespacedCustomObject({ ...named, body: { preconditions: { uid: 'another' } } }),
      409,
      'Conflict',
    )
    const body = { preconditions: { uid }, propagationPolicy: 'Background' }
    const leaving = await apps.deleteNamespacedCustomObject({ ...named, body })
    assert.deepEqual([leaving.metadata.finalizers, typeof leaving.metadata.deletionTimestamp], [[tidy], 'string'])
    await patch('leaving', { metadata: { finalizers: null } })
    await refused(apps.getNamespacedCustomObject(named), 404, 'NotFound')
  })

  it('keeps configmaps and secrets, with typed models, and patches them strategically', async () => {
    const namespace = 'default'
    const { metadata } = await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { generateName: 'settings-' }, data: { a: 'b' }, binaryData: { bytes: 'AAEC' } },
    })
    assert.ok(metadata?.creationTimestamp instanceof Date)
    const { name = '' } = metadata
    assert.match(name, /^settings-.+/)
    const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch)
    const patched = await core.patchNamespacedConfigMap({ namespace, name, body: { data: { c: 'd' } } }, strategic)
    assert.deepEqual([patched.data, patched.binaryData], [{ a: 'b', c: 'd' }, { bytes: 'AAEC' }])
    await refused(core.replaceNamespacedConfigMap({ namespace, name, body: { metadata, data: {} } }), 409, 'Conflict')
    await core.createNamespacedSecret({ namespace, body: { metadata: { name: 'password' }, stringData: { a: 'b' } } })
    const secret = await core.readNamespacedSecret({ namespace, name: 'password' })
    assert.deepEqual([secret.data, secret.type, secret.stringData], [{ a: 'Yg==' }, 'Opaque', undefined])
    const gone = await core.deleteCollectionNamespacedConfigMap({ namespace })
    assert.equal(gone.status ?? 'Success', 'Success')
    assert.deepEqual((await core.listNamespacedConfigMap({ namespace })).items, [])
    assert.deepEqual(
      (await core.listSecretForAllNamespaces()).items.map((one) => one.metadata?.name),
      ['password'],
    )
  })

  it('leads by a lease, with times to the microsecond', async () => {
    const leases = config.makeApiClient(CoordinationV1Api)
    const renewTime = new V1MicroTime('2026-01-02T03:04:05.678Z')
    const spec = { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime, leaseTransitions: 0 }
    const taken = await leases.createNamespacedLease({
      namespace: 'default',
      body: { metadata: { name: 'lead' }, spec },
    })
    assert.deepEqual(JSON.parse(JSON.stringify(taken.spec)).renewTime, '2026-01-02T03:04:05.678000Z')
    const { metadata } = taken
    assert.ok(metadata)
    const mine = { metadata, spec: { ...spec, holderIdentity: 'you', leaseTransitions: 1 } }
    const replace = (body: typeof mine) => leases.replaceNamespacedLease({ namespace: 'default', name: 'lead', body })
    assert.equal((await replace(mine)).spec?.holderIdentity, 'you')
    await refused(replace(mine), 409, 'Conflict')
  })

  it('tells events and reads them, in both groups', async () => {
    const { metadata } = await apps.getNamespacedCustomObject({ ...resource, name: 'made' })
    const involvedObject = { kind: 'StreamApp', namespace: 'default', name: 'made', uid: metadata.uid }
    const body = {
      metadata: { name: 'made.told' },
      involvedObject,
      reason: 'Told',
      message: 'something',
      type: 'Normal',
    }
    await core.createNamespacedEvent({ namespace: 'default', body })
    const fieldSelector = 'involvedObject.name=made,involvedObject.kind=StreamApp'
    const { items } = await core.listNamespacedEvent({ namespace: 'default', fieldSelector })
    assert.deepEqual(
      items.map(({ reason, message }) => [reason, message]),
      [['Told', 'something']],
    )
    const newer = await config.makeApiClient(EventsV1Api).listNamespacedEvent({ namespace: 'default' })
    assert.deepEqual(
      newer.items.map(({ note, regarding }) => [note, regarding?.name]),
      [['something', 'made']],
    )
  })

  it('knows what it may do, also with the token of an account that it made', async () => {
    const mayI = async (of: KubeConfig, verb: string): Promise<boolean | undefined> => {
      const spec = { resourceAttributes: { verb, group: resource.group, resource: 'streamapps', namespace: 'team' } }
      const review = await of.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body: { spec } })
      return review.status?.allowed
    }
    assert.equal(await mayI(config, 'delete'), true)
    await core.createNamespace({ body: { metadata: { name: 'team' } } })
    await core.createNamespacedServiceAccount({ namespace: 'team', body: { metadata: { name: 'bot' } } })
    const { status } = await core.createNamespacedServiceAccountToken({
      namespace: 'team',
      name: 'bot',
      body: { spec: { audiences: [], expirationSeconds: 3600 } },
    })
    const bot = new KubeConfig()
    bot.loadFromString(api.kubeconfig.replace(/token: .*/, `token: ${status?.token}`))
    assert.deepEqual([await mayI(bot, 'list'), await mayI(bot, 'delete')], [true, false])
    await refused(bot.makeApiClient(CoreV1Api).listNamespacedSecret({ namespace: 'team' }), 403, 'Forbidden')
    bot.loadFromString(api.kubeconfig.replace(/token: .*/, 'token: made-up'))
    // The generated client reads no body of a 401.
    await assert.rejects(bot.makeApiClient(CoreV1Api).listNamespacedSecret({ namespace: 'team' }), { code: 401 })
  })
})

/** The server says no, in a `Status` that the client hands on: its message. */
async function refused(asked: Promise<unknown>, code: number, reason: string): Promise<string> {
  const error: unknown = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof ApiException, String(error))
  const status: unknown = typeof error.body === 'string' ? JSON.parse(error.body) : error.body
  assert.ok(isJsonObject(status))
  assert.deepEqual([error.code, status['kind'], status['reason']], [code, 'Status', reason])
  assert.ok(typeof status['message'] === 'string')
  return status['message']
}
