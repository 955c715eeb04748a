import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { PlaneClient } from '../../../src/cli/plane/plane-client.ts'

const live = new AbortController().signal
const call = { method: 'GET', path: '/version' } as const

describe('the client of the control plane', () => {
  it('waits as long as a 429 says and asks again', async (t) => {
    const { client, slept } = await answering(t, [{ code: 429, after: 2 }, { code: 429, after: 1 }, { code: 200 }])
    const reply = await client.ask(call, live)
    assert.ok(reply.ok)
    assert.deepEqual(slept, [2_000, 1_000])
  })

  it('hands on a 429 that asks for minutes, or for nothing', async (t) => {
    for (const answer of [{ code: 429, after: 120 }, { code: 429 }]) {
      const { client, slept } = await answering(t, [answer])
      const reply = await client.ask(call, live)
      assert.deepEqual([reply.ok, slept], [false, []])
    }
  })

  it('gives up where it is told to come again and again', async (t) => {
    const { client, slept } = await answering(
      t,
      Array.from({ length: 20 }, () => ({ code: 429, after: 1 })),
    )
    assert.equal((await client.ask(call, live)).ok, false)
    assert.equal(slept.length, 10)
  })
})

interface Answer {
  readonly code: number
  /** Seconds. */
  readonly after?: number
}

async function answering(
  t: TestContext,
  answers: readonly Answer[],
): Promise<{ readonly client: PlaneClient; readonly slept: readonly number[] }> {
  const left = [...answers]
  const server = createServer((_, response) => {
    const { code, after } = left.shift() ?? { code: 500 }
    response.writeHead(code, after === undefined ? {} : { 'Retry-After': String(after) })
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = server.address() as AddressInfo
  const slept: number[] = []
  const sleep = (ms: number): Promise<void> => Promise.resolve(void slept.push(ms))
  const address = { server: `http://127.0.0.1:${port}`, token: undefined, authority: undefined, namespace: 'default' }
  const client = new PlaneClient(address, { sleep })
  t.after(() => {
    client.close()
    server.closeAllConnections()
    server.close()
  })
  return { client, slept }
}
