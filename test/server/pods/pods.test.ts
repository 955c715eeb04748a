import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { fail, ok } from '../../../src/base/result.ts'
import { Secret } from '../../../src/base/secret.ts'
import type { HerokuDynos, SeenDyno } from '../../../src/heroku/dynos.ts'
import { openHeroku } from '../../../src/heroku/open-heroku.ts'
import { perToken } from '../../../src/heroku/per-token.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { appsAnnotation, tokenSecretAnnotation } from '../../../src/record/namespace-binding.ts'
import type { ObjectKey } from '../../../src/record/record.ts'
import { ObjectCache } from '../../../src/server/cache/object-cache.ts'
import { Pods } from '../../../src/server/pods/pods.ts'
import { startApi, type ApiUnderTest, type Fields } from '../../support/api-server.ts'
import { streamApp, streamApps } from '../../support/api-stream-app.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { startEmulator, type Emulator } from '../../support/heroku-emulator.ts'
import { onlyOwn } from '../../support/heroku-way.ts'

const podsPath = '/api/v1/namespaces/default/pods'
const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

/** The API beside the emulator, with one StreamApp on the app `tide` and two workers. */
async function opened(t: TestContext): Promise<{ readonly api: ApiUnderTest; readonly emulator: Emulator }> {
  const emulator = await startEmulator(t)
  const { apiUrl, apiKey, dataHost } = emulator.heroku
  const heroku = openHeroku({
    key: new Secret(apiKey),
    apiUrl,
    dataUrl: `https://${dataHost}`,
    kafkaService: 'heroku-kafka',
  })
  const api = await startApi([], new MemoryRecord(systemClock), onlyOwn(heroku.dynos))
  t.after(async () => {
    await api.close()
    heroku.close()
  })
  await emulator.deployed('tide', { web: 'run', worker: 'run' })
  await scale(emulator, 2)
  await api.call('POST', streamApps, { body: streamApp('word-count', { app: 'tide' }) })
  return { api, emulator }
}

async function scale({ call }: Emulator, quantity: number): Promise<void> {
  const size = 'standard-1x'
  const updates = [
    { type: 'web', quantity: 0, size },
    { type: 'worker', quantity, size },
  ]
  const { status } = await call('PATCH', '/apps/tide/formation', { body: { updates } })
  assert.equal(status, 200)
}

function print({ dynosOf }: Emulator, dyno: string, text: string, ageMs = 0): void {
  const source = dyno === 'api' ? 'heroku' : 'app'
  dynosOf('tide').log.write({ at: new Date(Date.now() - ageMs), source, dyno, text })
}

describe('pods', () => {
  it('are the workers of a StreamApp, owned by it and labelled with its name', async (t) => {
    const { api } = await opened(t)
    const { body } = await api.call('GET', `${podsPath}?labelSelector=streams.weirkeeper.dev/streamapp=word-count`)
    assert.deepEqual(
      body['items'].map(({ metadata }: Fields) => metadata.name),
      ['word-count.worker.1', 'word-count.worker.2'],
    )
    const [pod] = body['items']
    assert.deepEqual([pod.status.phase, pod.spec.containers[0].name, pod.spec.nodeName], ['Running', 'worker', 'tide'])
    const { uid } = (await api.call('GET', `${streamApps}/word-count`)).body['metadata']
    assert.deepEqual([pod.metadata.ownerReferences[0].kind, pod.metadata.ownerReferences[0].uid], ['StreamApp', uid])
    assert.equal((await api.call('GET', `${podsPath}/word-count.worker.2`)).code, 200)
    assert.equal((await api.call('GET', `${podsPath}/word-count.worker.3`)).code, 404)
  })

  it('send who wants to be in a dyno to the CLI that can', async (t) => {
    const { api } = await opened(t)
    const { code, body } = await api.call('POST', `${podsPath}/word-count.worker.1/exec?command=ls`)
    assert.deepEqual([code, body['reason']], [405, 'MethodNotAllowed'])
    assert.match(body['message'], /heroku ps:exec --dyno worker\.1 --app APP/)
    for (const nothing of ['nothing', 'constructor']) {
      assert.equal((await api.call('GET', `${podsPath}/word-count.worker.1/${nothing}`)).code, 404)
    }
  })

  it('have the columns that kubectl has for pods', async (t) => {
    const { api } = await opened(t)
    const { body } = await api.call('GET', podsPath, { headers: { accept: tableType } })
    const names = body['columnDefinitions'].map(({ name }: Fields) => name)
    assert.deepEqual(names.slice(0, 5), ['Name', 'Ready', 'Status', 'Restarts', 'Age'])
    assert.deepEqual(body['rows'][0].cells.slice(0, 4), ['word-count.worker.1', '1/1', 'Running', '0'])
  })

  it('are told to a watcher: one that comes, one that begins anew, and one that goes', async () => {
    const { pods: seen, clock, dynos, kept } = await seenPods()
    dynos.set('tide', [worker(1), worker(2)])
    await seen.look(undefined)
    const told: string[] = []
    const unlisten = seen.cache.listen('Pod', seen.cache.version, {
      onEvent: ({ now, before }) => {
        const object = (now ?? before)?.object
        const change = before === undefined ? 'ADDED' : now === undefined ? 'DELETED' : 'MODIFIED'
        const [container] = Object(object?.['status']).containerStatuses
        told.push(`${change} ${object?.metadata.name} ${container.restartCount}`)
      },
      onGone: () => told.push('GONE'),
    })
    dynos.set('tide', [worker(1), worker(2), worker(3)])
    await seen.look(undefined)
    assert.deepEqual(told, [], 'what was looked at a moment ago is not asked for again')
    for (const now of [
      [worker(1), worker(2), worker(3)],
      [worker(1, 'another'), worker(2), worker(3)],
      [worker(1, 'another')],
    ]) {
      clock.turn(5_000)
      dynos.set('tide', now)
      await seen.look(undefined)
    }
    await kept.write([{ kind: 'remove', key: keyOf('word-count'), expected: 'any', actor: 'test' }])
    clock.turn(5_000)
    await seen.lookAfresh()
    unlisten?.()
    assert.deepEqual(told, [
      'ADDED word-count.worker.3 0',
      'MODIFIED word-count.worker.1 1',
      'DELETED word-count.worker.2 0',
      'DELETED word-count.worker.3 0',
      'DELETED word-count.worker.1 1',
    ])
  })

  it('stay as they were seen while Heroku cannot be asked, and it is asked once for all who look', async () => {
    const { pods: seen, clock, dynos, asked } = await seenPods()
    dynos.set('tide', [worker(1)])
    await Promise.all([seen.look(undefined), seen.look('default'), seen.look(undefined)])
    assert.equal(asked.length, 1)
    dynos.delete('tide')
    clock.turn(5_000)
    assert.match((await seen.look(undefined)).join(), /^app tide: Heroku is out of order/)
    assert.equal(seen.cache.list('Pod').objects.length, 1)
  })

  it('are only looked at: nobody writes them', async (t) => {
    const { api } = await opened(t)
    const codes = await Promise.all(
      [
        ['DELETE', `${podsPath}/word-count.worker.1`],
        ['POST', podsPath],
        ['PUT', `${podsPath}/word-count.worker.1`],
        ['DELETE', `${podsPath}/word-count.worker.1/log`],
      ].map(async ([method = '', path = '']) => (await api.call(method, path, { body: {} })).code),
    )
    assert.deepEqual(codes, [405, 405, 405, 405])
  })

  it('say why when Heroku does not show them, and keep what was seen', async (t) => {
    const { api } = await opened(t)
    await api.call('POST', streamApps, { body: streamApp('other', { app: 'nowhere' }) })
    const { body, headers, code } = await api.call('GET', podsPath)
    assert.equal(code, 200)
    assert.equal(body['items'].length, 2)
    assert.match(String(headers['warning']), /app nowhere: Heroku knows no such/)
  })

  it('are none, with a word why, where nobody gave the API a way to Heroku', async () => {
    const api = await startApi()
    const { body, headers } = await api.call('GET', podsPath)
    await api.close()
    assert.deepEqual(body['items'], [])
    assert.match(String(headers['warning']), /set WEIR_HEROKU_API_KEY/)
  })
})

describe('the log of a pod', () => {
  const log = `${podsPath}/word-count.worker.1/log`

  it('is what its dyno printed, and what the platform says of it', async (t) => {
    const { api, emulator } = await opened(t)
    print(emulator, 'worker.1', 'one')
    print(emulator, 'worker.2', 'of another')
    print(emulator, 'worker.1', 'two')
    emulator.dynosOf('tide').log.write({ at: new Date(), source: 'heroku', dyno: 'worker.1', text: 'State changed' })
    assert.equal((await api.call('GET', log)).text, 'one\ntwo\nheroku: State changed\n')
    assert.equal((await api.call('GET', `${log}?tailLines=1&container=worker`)).text, 'heroku: State changed\n')
    assert.equal((await api.call('GET', `${log}?limitBytes=5`)).text, 'one\nt')
  })

  it('begins where it is asked to', async (t) => {
    const { api, emulator } = await opened(t)
    print(emulator, 'worker.1', 'long ago', 3_600_000)
    print(emulator, 'worker.1', 'now')
    assert.equal((await api.call('GET', `${log}?sinceSeconds=60`)).text, 'now\n')
    const minuteAgo = new Date(Date.now() - 60_000).toISOString()
    assert.match((await api.call('GET', `${log}?sinceTime=${minuteAgo}&timestamps=true`)).text, /^\d{4}-.*Z? now\n$/)
  })

  it('goes on while the dyno prints', async (t) => {
    const { api, emulator } = await opened(t)
    print(emulator, 'worker.1', '{"first":true}')
    const following = api.watch(`${log}?follow=true`)
    assert.deepEqual(await following.next(), { first: true })
    print(emulator, 'worker.1', '{"second":true}')
    assert.deepEqual(await following.next(), { second: true })
    following.close()
  })

  it('refuses what it cannot answer, and says what to do', async (t) => {
    const { api } = await opened(t)
    for (const [query, words] of [
      ['container=web', /it has worker alone/],
      ['previous=true', /without --previous/],
      ['tailLines=few', /tailLines must be a whole number/],
      ['sinceTime=yesterday', /sinceTime must be a time/],
    ] as const) {
      const { code, body } = await api.call('GET', `${log}?${query}`)
      assert.equal(code, 400, query)
      assert.match(body['message'], words)
    }
  })
})

describe('pods of a namespace that is bound', () => {
  const bind = (kept: MemoryRecord, annotations: Readonly<Record<string, string>>) => {
    const key = { kind: 'Namespace', namespace: '', name: 'default' }
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', annotations } }
    return kept.write([{ kind: 'put', key, body, expected: 'any', actor: 'test' }])
  }

  it('to other apps are not shown, not even as they were seen before, and Heroku is not asked', async () => {
    const { pods, dynos, asked, kept } = await seenPods()
    dynos.set('tide', [worker(1)])
    await pods.lookAfresh()
    assert.equal(pods.cache.list('Pod').objects.length, 1)
    await bind(kept, { [appsAnnotation]: 'orders' })
    const problems = await pods.lookAfresh()
    assert.match(problems.join(), /^namespace default is bound to the Heroku apps orders, and not to tide/)
    assert.equal(pods.cache.list('Pod').objects.length, 0)
    assert.deepEqual(asked, ['tide'])
    assert.ok(!pods.wayTo('default', 'tide').ok)
  })

  it('with a token of its own are looked at with that one; without it, with none', async () => {
    const { pods, dynos, asked, kept } = await seenPods()
    dynos.set('tide', [worker(1)])
    await bind(kept, { [tokenSecretAnnotation]: 'heroku' })
    assert.match((await pods.lookAfresh()).join(), /^Secret default\/heroku, .* is not there/)
    const data = { token: Buffer.from('of-the-team').toString('base64') }
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'heroku' }, data }
    const key = { kind: 'Secret', namespace: 'default', name: 'heroku' }
    await kept.write([{ kind: 'put', key, body: secret, expected: 'absent', actor: 'test' }])
    assert.deepEqual(await pods.lookAfresh(), [])
    assert.deepEqual(asked, ['of-the-team tide'])
    assert.equal(pods.cache.list('Pod').objects.length, 1)
  })
})

function keyOf(name: string): ObjectKey {
  return { kind: 'StreamApp', namespace: 'default', name }
}

function worker(number: number, id = `dyno-${number}`): SeenDyno {
  const at = '2026-01-01T00:00:00Z'
  return {
    id,
    name: `worker.${number}`,
    type: 'worker',
    state: 'up',
    size: 'Standard-1X',
    releaseVersion: 3,
    createdAt: at,
    updatedAt: at,
  }
}

/** Pods of one StreamApp on the app `tide`, whose dynos the test says. */
async function seenPods(): Promise<{
  readonly pods: Pods & { readonly lookAfresh: () => Promise<readonly string[]> }
  readonly clock: FakeClock
  readonly dynos: Map<string, readonly SeenDyno[]>
  readonly asked: string[]
  readonly kept: MemoryRecord
}> {
  const clock = new FakeClock()
  const kept = new MemoryRecord(clock)
  const body = streamApp('word-count', { app: 'tide', metadata: { namespace: 'default', uid: 'u' } })
  await kept.write([{ kind: 'put', key: keyOf('word-count'), body, expected: 'absent', actor: 'test' }])
  const cache = new ObjectCache(kept, ['StreamApp', 'Namespace', 'Secret'])
  await cache.fresh()
  const dynos = new Map<string, readonly SeenDyno[]>()
  const asked: string[] = []
  const herokuFor = (key: string): HerokuDynos => ({
    dynos: (app) => {
      asked.push(`${key}${app}`)
      const found = dynos.get(app)
      if (found !== undefined) return Promise.resolve(ok(found))
      return Promise.resolve(fail({ kind: 'unavailable', call: 'GET', status: 503, said: 'out' }))
    },
    log: () => Promise.reject(new Error('nobody reads a log here')),
  })
  const ways = { own: herokuFor(''), withToken: perToken((token) => herokuFor(`${token.reveal()} `)) }
  const pods = new Pods(ways, cache, clock, new AbortController().signal)
  const lookAfresh = async (): Promise<readonly string[]> => {
    await cache.fresh()
    return pods.look(undefined)
  }
  return { pods: Object.assign(pods, { lookAfresh }), clock, dynos, asked, kept }
}
