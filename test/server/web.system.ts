import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { after, before, it, type TestContext } from 'node:test'
import { freePort } from '../../src/local/free-ports.ts'
import { streamApp, streamApps } from '../support/api-stream-app.ts'
import type { Fields } from '../support/api-server.ts'
import { startTemporaryPostgres, type TemporaryPostgres } from '../support/temporary-postgres.ts'

let postgres: TemporaryPostgres

before(async () => {
  postgres = await startTemporaryPostgres()
})

after(() => postgres.stop())

const token = 'a-token-that-is-long-enough'
const apply = { 'content-type': 'application/apply-patch+yaml' }

it('a web dyno keeps what it is told in Postgres, writes nothing twice, and stops with watches open', async (t) => {
  const first = await startWeb(t)
  const body = streamApp('kept', { streams: { config: { 'commit.interval.ms': 100, 'a.b': true } } })
  const path = `${streamApps}/kept?fieldManager=test`
  const applied = await ask(first, 'PATCH', path, { body, headers: apply })
  assert.equal(applied['metadata'].generation, 1)
  const again = await ask(first, 'PATCH', path, { body, headers: apply })
  assert.equal(again['metadata'].resourceVersion, applied['metadata'].resourceVersion)

  // Two dynos run side by side during a deploy: each sees what the other wrote.
  const second = await startWeb(t)
  const { resourceVersion } = (await ask(second, 'GET', streamApps))['metadata']
  const watch = await fetch(`${second.url}${streamApps}?watch=1&resourceVersion=${resourceVersion}`, {
    headers: bearer,
  })
  await ask(first, 'PATCH', path, { body: streamApp('kept', { drift: 'Warn' }), headers: apply })
  assert.ok(watch.body)
  const reader = watch.body.getReader()
  const { value } = await reader.read()
  const event = JSON.parse(new TextDecoder().decode(value))
  assert.deepEqual([event.type, event.object.spec.drift, event.object.metadata.generation], ['MODIFIED', 'Warn', 2])

  // A watch does not hold a dyno back that is told to stop.
  assert.equal(await stopped(second), 0)
  await reader.cancel().catch(() => {})
  assert.equal(await stopped(first), 0)

  const third = await startWeb(t)
  const kept = await ask(third, 'GET', `${streamApps}/kept`)
  assert.deepEqual(kept['metadata'].resourceVersion, event.object.metadata.resourceVersion)
  assert.deepEqual(Object.keys(kept), ['apiVersion', 'kind', 'metadata', 'spec'])
  assert.equal(await stopped(third), 0)
})

it('names every setting that is missing, at once', async () => {
  const child = spawn(new URL('../../bin/weir', import.meta.url).pathname, ['web'], {
    env: { PATH: process.env['PATH'], PORT: 'many' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (part: Buffer) => (said += part.toString()))
  const [code] = await once(child, 'close')
  assert.equal(code, 2)
  for (const name of ['DATABASE_URL', 'PORT', 'WEIR_TOKEN']) assert.ok(said.includes(`weir web: ${name} must`), said)
})

interface Web {
  readonly child: ChildProcess
  readonly url: string
}

async function startWeb(t: TestContext): Promise<Web> {
  const port = await freePort()
  const child = spawn(new URL('../../bin/weir', import.meta.url).pathname, ['web'], {
    env: { PATH: process.env['PATH'], DATABASE_URL: postgres.url, PORT: String(port), WEIR_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => void child.kill('SIGKILL'))
  const started = Promise.withResolvers<void>()
  let log = ''
  child.stdout.on('data', (part: Buffer) => {
    log += part.toString()
    if (log.includes('"msg":"started"')) started.resolve()
  })
  child.once('exit', (code) => started.reject(new Error(`the web dyno ended with ${code}: ${log}`)))
  await started.promise
  assert.ok(!log.includes(token))
  return { child, url: `http://127.0.0.1:${port}` }
}

async function stopped({ child }: Web): Promise<unknown> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const [code] = await ended
  return code
}

const bearer = { authorization: `Bearer ${token}` }

interface Asking {
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

async function ask({ url }: Web, method: string, path: string, { body, headers = {} }: Asking = {}): Promise<Fields> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...bearer, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  assert.ok(response.ok, text)
  return JSON.parse(text)
}
