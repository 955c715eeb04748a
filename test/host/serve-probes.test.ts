import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { serveProbes, type Probes } from '../../src/host/serve-probes.ts'

describe('serveProbes', () => {
  it('says that the process lives, whether it is ready, and its metrics', async (t) => {
    let isReady = false
    const ask = await asked(t, {
      metrics: async () => 'up 1\n',
      ready: () => ({ isReady, text: isReady ? 'leading' : 'the record does not answer' }),
    })
    assert.deepEqual(await ask('/livez'), [200, 'ok\n'])
    assert.deepEqual(await ask('/readyz?verbose'), [503, 'the record does not answer\n'])
    isReady = true
    assert.deepEqual(await ask('/readyz'), [200, 'leading\n'])
    assert.deepEqual(await ask('/metrics'), [200, 'up 1\n'])
    assert.deepEqual(await ask('/'), [404, 'ask for /livez, /readyz or /metrics\n'])
  })

  it('tells what is wrong with metrics that cannot be read', async (t) => {
    const ask = await asked(t, {
      metrics: () => Promise.reject(new Error('a gauge threw')),
      ready: () => ({ isReady: true, text: 'leading' }),
    })
    assert.deepEqual(await ask('/metrics'), [500, 'metrics could not be read: Error: a gauge threw\n'])
  })
})

async function asked(t: TestContext, probes: Probes) {
  const server = await serveProbes(probes, { host: '127.0.0.1', port: 0 })
  t.after(() => server.close())
  return async (path: string): Promise<readonly [number, string]> => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`)
    return [response.status, await response.text()]
  }
}
