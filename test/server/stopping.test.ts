import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { systemClock } from '../../src/host/system-clock.ts'
import { MemoryRecord } from '../../src/record/memory-record.ts'
import type { Write, WriteResult } from '../../src/record/record.ts'
import { adminUser } from '../../src/server/access/authenticate.ts'
import { startServer, type RunningServer } from '../../src/server/start-server.ts'

/** A record that is slow to take anything away. */
class SlowRecord extends MemoryRecord {
  /** Resolves when somebody waits. */
  readonly asked = Promise.withResolvers<void>()
  readonly goOn = Promise.withResolvers<void>()

  override async write(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    if (writes.some(({ kind }) => kind === 'remove')) {
      this.asked.resolve()
      await this.goOn.promise
    }
    return super.write(writes)
  }
}

const token = 'the-token-of-the-tests-which-is-long'

async function startSlow(): Promise<{ readonly record: SlowRecord; readonly server: RunningServer }> {
  const record = new SlowRecord(systemClock)
  const tokens = [{ token: new Secret(token), user: adminUser }]
  return { record, server: await startServer({ record, tls: undefined, tokens, clock: systemClock, port: 0 }) }
}

it('begins no watch while it stops, however long that takes', async () => {
  const { record, server } = await startSlow()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const watch = (): Promise<IncomingMessage> => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const headers = { authorization: `Bearer ${token}` }
    const sent = request(`${server.url}/api/v1/namespaces?watch=1`, { agent, headers }, resolve)
    sent.on('error', reject)
    sent.end()
    return promise
  }
  const first = await watch()
  first.resume()
  // The server tidies up what goes, and is in the middle of that when it is told to stop.
  const key = { kind: 'Namespace', namespace: '', name: 'going' }
  const body = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'going', deletionTimestamp: '2026-01-01T00:00:00Z' },
  }
  await record.write([{ kind: 'put', key, body, expected: 'any', actor: 'test' }])
  await record.asked.promise
  const closed = server.close()
  await once(first, 'end')
  // It may as well be told by a connection that is no more.
  const again = await watch().then(
    (answer) => {
      answer.resume()
      return answer.statusCode
    },
    () => 'refused',
  )
  record.goOn.resolve()
  agent.destroy()
  await closed
  assert.ok(again === 503 || again === 'refused', `answered ${again}`)
})

it('answers what it has begun to do before it closes, though the record takes longer than a moment', async () => {
  const { record, server } = await startSlow()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const path = `${server.url}/api/v1/namespaces/default/configmaps`
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'slow' } })
  assert.equal((await fetch(path, { method: 'POST', headers, body })).status, 201)
  const removed = fetch(`${path}/slow`, { method: 'DELETE', headers })
  await record.asked.promise
  const closed = server.close()
  // Longer than a connection is left alone on which nothing is being answered.
  const timer = setTimeout(() => record.goOn.resolve(), 2_500)
  const answer = await removed.finally(() => clearTimeout(timer))
  assert.equal(answer.status, 200)
  record.goOn.resolve()
  await closed
})
