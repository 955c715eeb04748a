import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startEmulator } from '../../support/heroku-emulator.ts'
import type { Emulator } from '../../support/heroku-emulator.ts'

async function withWorkers(t: Parameters<typeof startEmulator>[0]): Promise<Emulator> {
  const emulator = await startEmulator(t)
  await emulator.deployed('tide', { worker: 'work', other: 'rest' })
  const updates = [
    { type: 'worker', quantity: 2, size: 'standard-1x' },
    { type: 'other', quantity: 1, size: 'standard-1x' },
  ]
  await emulator.call('PATCH', '/apps/tide/formation', { body: { updates } })
  return emulator
}

const idsOf = async ({ call }: Emulator): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await call('GET', '/apps/tide/dynos')).body.map(({ name, id }: Record<string, string>) => [name, id]),
  )

describe('dynos of the Heroku emulator', () => {
  it('are listed with the release they run', async (t) => {
    const { call } = await withWorkers(t)
    const { body } = await call('GET', '/apps/tide/dynos')
    assert.deepEqual(
      body.map((dyno: Record<string, unknown>) => [
        dyno['name'],
        dyno['command'],
        dyno['size'],
        dyno['state'],
        Reflect.get(Object(dyno['release']), 'version'),
      ]),
      [
        ['other.1', 'rest', 'Standard-1X', 'up', 3],
        ['worker.1', 'work', 'Standard-1X', 'up', 3],
        ['worker.2', 'work', 'Standard-1X', 'up', 3],
      ],
    )
    assert.equal((await call('GET', '/apps/tide/dynos/worker.2')).body.name, 'worker.2')
    assert.equal((await call('GET', '/apps/tide/dynos/worker.3')).status, 404)
  })

  const restarts: readonly [string, readonly string[]][] = [
    ['/apps/tide/dynos/worker.1', ['worker.1']],
    ['/apps/tide/formations/worker', ['worker.1', 'worker.2']],
    ['/apps/tide/dynos', ['other.1', 'worker.1', 'worker.2']],
  ]
  for (const [path, expected] of restarts) {
    it(`DELETE ${path} restarts ${expected.join(', ')} and no other`, async (t) => {
      const emulator = await withWorkers(t)
      const before = await idsOf(emulator)
      assert.equal((await emulator.call('DELETE', path)).status, 202)
      const after = await idsOf(emulator)
      assert.deepEqual(
        Object.keys(after).filter((name) => after[name] !== before[name]),
        expected,
      )
    })
  }

  it('are stopped one by one or by type', async (t) => {
    const { call, dynosOf } = await withWorkers(t)
    assert.equal((await call('POST', '/apps/tide/dynos/other.1/actions/stop')).status, 202)
    assert.equal((await call('POST', '/apps/tide/formations/worker/actions/stop')).status, 202)
    assert.ok(
      dynosOf('tide')
        .list()
        .every(({ state }) => state === 'down'),
    )
    assert.equal((await call('POST', '/apps/tide/formations/ghost/actions/stop')).status, 404)
  })

  it('run a command once, with env of its own', async (t) => {
    const { call } = await withWorkers(t)
    const { status, body } = await call('POST', '/apps/tide/dynos', {
      body: { command: 'node describe.ts', env: { A: '1' }, size: 'standard-1x', time_to_live: 60 },
    })
    assert.deepEqual([status, body.type, body.command, body.attach_url], [201, 'run', 'node describe.ts', null])
    const attached = await call('POST', '/apps/tide/dynos', { body: { command: 'bash', attach: true } })
    assert.equal(attached.status, 422)
    assert.match(attached.body.message, /run:detached/)
  })

  it('cannot be run before anything was deployed', async (t) => {
    const { call } = await startEmulator(t)
    await call('POST', '/apps', { body: { name: 'bare' } })
    assert.equal((await call('POST', '/apps/bare/dynos', { body: { command: 'ls' } })).status, 422)
  })

  it('are closed with their app', async (t) => {
    const { call, dynosOf } = await withWorkers(t)
    assert.equal((await call('DELETE', '/apps/tide')).status, 200)
    assert.equal(dynosOf('tide').isClosed, true)
    assert.equal((await call('GET', '/apps/tide')).status, 404)
  })
})

describe('log sessions of the Heroku emulator', () => {
  it('stream the last lines as events, and end', async (t) => {
    const { call, dynosOf } = await withWorkers(t)
    const at = new Date(1_700_000_000_000)
    for (const text of ['one', 'two', 'three']) dynosOf('tide').log.write({ at, source: 'app', dyno: 'worker.1', text })
    const { status, body } = await call('POST', '/apps/tide/log-sessions', {
      body: { lines: 2, tail: false, dyno: 'worker' },
    })
    assert.equal(status, 201)
    const response = await fetch(body.logplex_url, { headers: { Accept: 'text/event-stream' } })
    assert.equal(response.headers.get('content-type'), 'text/event-stream')
    const data = (await response.text()).split('\n').filter((line) => line.startsWith('data: '))
    assert.deepEqual(data, [
      'data: 2023-11-14T22:13:20.000+00:00 app[worker.1]: two',
      'data: 2023-11-14T22:13:20.000+00:00 app[worker.1]: three',
    ])
  })

  it('go on with tail until the client leaves', async (t) => {
    const { call, dynosOf } = await withWorkers(t)
    const { body } = await call('POST', '/apps/tide/log-sessions', { body: { lines: 0, tail: true } })
    const client = new AbortController()
    const response = await fetch(body.logplex_url, { signal: client.signal })
    dynosOf('tide').log.write({ at: new Date(0), source: 'app', dyno: 'worker.1', text: 'late' })
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk)
      if (text.includes('late')) break
    }
    assert.match(text, /app\[worker\.1\]: late/)
    client.abort()
  })
})
