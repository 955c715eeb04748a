import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answerRequest } from '../../../src/runtime/query/answer-request.ts'
import { ThreadLines } from '../../../src/runtime/query/ask-threads.ts'
import { PauseSwitch } from '../../../src/runtime/query/pause-switch.ts'
import { serveRequests } from '../../../src/runtime/query/serve-requests.ts'
import { CountingApp } from '../../support/counting-app.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { Life } from '../../support/mortal.ts'
import { watch } from '../../support/watched-app.ts'

describe('a worker that is told over HTTP', () => {
  it('pauses and goes on, says so, and is as good as its word when told twice', async () => {
    using app = new CountingApp()
    const running = app.start(new Life(), app.newDisk())
    const { served } = watch(running)
    const server = await serveRequests(served, { host: '127.0.0.1', port: 0 })
    const post = async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', headers })
      return { status: response.status, body: Object(await response.json()) }
    }
    try {
      for (const [path, isPaused] of [
        ['/pause', true],
        ['/pause', true],
        ['/resume', false],
      ] as const) {
        const { status, body } = await post(path)
        assert.deepEqual([status, body.isPaused, body.dyno], [200, isPaused, 'worker.1'])
        assert.equal(running.thread.isPaused, isPaused)
        assert.equal(Object((await answerRequest(served, '/stores')).body).isPaused, isPaused)
      }
      assert.equal((await post('/stores')).status, 405)
      assert.equal((await answerRequest(served, '/pause')).status, 404)
      assert.equal((await post('/pause', { origin: 'https://example.com' })).status, 403)
      assert.equal(running.thread.isPaused, false)
    } finally {
      await server.close()
      await running.stop()
    }
  })

  it('pauses a thread that starts later, in the place of one that died', () => {
    const lines = new ThreadLines(new FakeClock())
    const pausing = new PauseSwitch(lines)
    const told = new Map<string, string[]>()
    const start = (name: string) => {
      const post = ({ kind }: { readonly kind: string }) => void told.set(name, [...(told.get(name) ?? []), kind])
      lines.opened(1, post)
      pausing.started(post)
    }
    start('first')
    pausing.pause()
    lines.closed(1)
    start('second')
    pausing.resume()
    start('third')
    assert.deepEqual(
      [...told],
      [
        ['first', ['pause']],
        ['second', ['pause', 'resume']],
      ],
    )
  })
})
