import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { WordCount } from '../../support/word-count.ts'

const file = fileURLToPath(new URL('../../fixtures/runtime/awaiting-word-count.ts', import.meta.url))

describe('workers whose topology awaits, killed with calls in flight', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')

  before(async () => {
    started = await startTestBroker()
  })
  after(() => started?.close())

  /** Kills one of two dynos in the middle of the work, and starts it anew. */
  async function killInFlight(app: WordCount): Promise<void> {
    const one = await app.start('worker.1')
    await app.start('worker.2')
    await app.feed(600)
    await app.readUntil(() => (app.counts.get('every') ?? 0) > 200, 60_000)
    const feeding = app.feed(1_500)
    await app.readUntil(() => (app.counts.get('every') ?? 0) > 800, 60_000)
    await one.kill()
    await app.start('worker.1')
    await feeding
    await app.feed(200)
    await app.settle(60_000)
  }

  it('exactly once: nothing is lost and nothing doubled', async () => {
    const env = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2', STREAMS_COMMIT_INTERVAL_MS: '200' }
    await using app = await WordCount.open(broker(), 'await-1.', env, file)
    await killInFlight(app)
    assert.deepEqual(app.counts, app.expected)
  })

  it('at least once: nothing is lost', async () => {
    await using app = await WordCount.open(broker(), 'await-2.', { STREAMS_COMMIT_INTERVAL_MS: '200' }, file)
    await killInFlight(app)
    for (const [word, count] of app.expected)
      assert.ok((app.counts.get(word) ?? 0) >= count, `${word}: ${app.counts.get(word)} of ${count}`)
  })
})
