import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { WordCount } from '../../support/word-count.ts'

const exactlyOnce = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2', STREAMS_NUM_STREAM_THREADS: '2' }
const atLeastOnce = { STREAMS_COMMIT_INTERVAL_MS: '200', STREAMS_NUM_STREAM_THREADS: '2' }

describe('workers that count words as a tenant of the basic plan', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')

  before(async () => {
    started = await startTestBroker()
  })
  after(() => started?.close())

  it('exactly once: every count is right after kill -9 of one of two dynos in the middle', async () => {
    await using app = await WordCount.open(broker(), 'eos-1.', exactlyOnce)
    const [one] = [await app.start('worker.1'), await app.start('worker.2')]
    await app.feed(3_000)
    await app.readUntil(() => (app.counts.get('every') ?? 0) > 500, 60_000)
    const feeding = app.feed(9_000)
    await app.readUntil(() => (app.counts.get('every') ?? 0) > 3_500, 60_000)
    await one.kill()
    // Heroku starts the dyno anew, under the same name: which also ends what the dead one left open.
    await app.start('worker.1')
    await feeding
    await app.feed(1_000)
    await app.settle(60_000)
    assert.deepEqual(app.counts, app.expected)
  })

  it('W2: SIGTERM ends every thread with everything committed, and exit 0; a new dyno restores and goes on', async () => {
    await using app = await WordCount.open(broker(), 'stop-1.', exactlyOnce)
    const one = await app.start('worker.1')
    await app.feed(2_000)
    await app.readUntil(() => app.counts.get('every') === 2_000, 60_000)
    assert.equal(await one.stop(), 0)
    assert.deepEqual(
      one.logged('stopped').map(({ committed }) => committed),
      [true, true],
    )
    await app.settle(60_000)
    const two = await app.start('worker.1')
    await app.feed(2_000)
    await app.readUntil(() => app.counts.get('every') === 4_000, 60_000)
    await app.settle(60_000)
    assert.deepEqual(app.counts, app.expected)
    const restored = two.logged('restored a store from its changelog')
    assert.ok(restored.reduce((sum, { records }) => sum + Number(records), 0) >= app.expected.size)
  })

  it('at least once: every count is right when a dyno comes and another is stopped in the middle', async () => {
    await using app = await WordCount.open(broker(), 'alos-1.', atLeastOnce)
    const one = await app.start('worker.1')
    await app.feed(3_000)
    await app.readUntil(() => (app.counts.get('every') ?? 0) > 500, 60_000)
    const two = await app.start('worker.2')
    const feeding = app.feed(6_000)
    await app.readUntil(() => two.logged('joined the group').length > 0, 60_000)
    assert.equal(await one.stop(), 0)
    await feeding
    await app.settle(60_000)
    assert.deepEqual(app.counts, app.expected)
    assert.equal(await two.stop(), 0)
  })

  it('at least once: after kill -9 no line is missing, though some may count twice', async () => {
    await using app = await WordCount.open(broker(), 'alos-2.', atLeastOnce)
    const [one] = [await app.start('worker.1'), await app.start('worker.2')]
    await app.feed(4_000)
    await app.readUntil(() => (app.counts.get('every') ?? 0) > 1_000, 60_000)
    await one.kill()
    await app.feed(2_000)
    await app.settle(60_000)
    for (const [word, count] of app.expected)
      assert.ok((app.counts.get(word) ?? 0) >= count, `${word}: ${app.counts.get(word)} of ${count}`)
  })
})
