import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { Clock } from '../../../src/base/clock.ts'
import { Secret } from '../../../src/base/secret.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { adminUser } from '../../../src/server/access/authenticate.ts'
import { startServer, type RunningServer } from '../../../src/server/start-server.ts'
import type { Fields } from '../../support/api-server.ts'
import { until } from '../../support/until.ts'

const admin = 'the-token-of-the-tests-which-is-long'
let aheadMs = 0
/** What comes every few seconds comes at once, and a test may turn its hands. */
const clock: Clock = {
  now: () => systemClock.now() + aheadMs,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 10), signal),
}
let server: RunningServer
before(async () => {
  server = await startServer({
    record: new MemoryRecord(clock),
    tls: undefined,
    tokens: [{ token: new Secret(admin), user: adminUser }],
    clock,
    port: 0,
  })
})
after(() => server.close())

const accounts = '/api/v1/namespaces/default/serviceaccounts'
const watched = '/api/v1/namespaces/default/configmaps?watch=1'

async function ask(method: string, path: string, body?: object, type = 'application/json'): Promise<Fields> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${admin}`, 'content-type': type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  assert.ok(response.ok, text)
  return JSON.parse(text)
}

async function tokenOf(name: string, expirationSeconds = 3_600): Promise<string> {
  await ask('POST', accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } })
  const { status } = await ask('POST', `${accounts}/${name}/token`, { spec: { expirationSeconds } })
  return status.token
}

async function watchWith(token: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const headers = { authorization: `Bearer ${token}` }
  get(`${server.url}${watched}`, { headers, agent: false }, resolve).on('error', reject)
  const response = await promise
  response.resume()
  return response
}

describe('a watch', () => {
  const cases: readonly (readonly [when: string, revoke: (name: string) => Promise<unknown>])[] = [
    ['its account is deleted', (name) => ask('DELETE', `${accounts}/${name}`)],
    [
      'its account is given another role',
      (name) => {
        const metadata = { annotations: { 'streams.weirkeeper.dev/role': 'edit' } }
        return ask('PATCH', `${accounts}/${name}`, { metadata }, 'application/merge-patch+json')
      },
    ],
    [
      'its token has run out',
      () => {
        aheadMs += 3_601_000
        return Promise.resolve()
      },
    ],
  ]
  for (const [at, [when, revoke]] of cases.entries()) {
    it(`ends when ${when}, and no other does`, async () => {
      const name = `bot-${at}`
      const mine = await watchWith(await tokenOf(name))
      const other = await watchWith(await tokenOf(`other-${at}`, 1_000_000))
      const admins = await watchWith(admin)
      assert.deepEqual([mine.statusCode, other.statusCode, admins.statusCode], [200, 200, 200])
      const ended = once(mine, 'end')
      await revoke(name)
      await ended
      assert.deepEqual([other.readableEnded, admins.readableEnded], [false, false])
      other.destroy()
      admins.destroy()
    })
  }
})

it('strangers who send webhooks slowly keep out nobody but each other', async (t) => {
  const { hostname, port } = new URL(server.url)
  let refused = 0
  const slow = Array.from({ length: 450 }, () => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => (refused += String(bytes).includes(' 429 ') ? 1 : 0))
    socket.write('POST /hooks/heroku/app HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n{')
    return socket
  })
  t.after(() => slow.forEach((socket) => socket.destroy()))
  await until(() => refused === 450 - 20)
  await ask('GET', '/api/v1/namespaces')
})
