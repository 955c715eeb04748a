import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { after, before, describe, it } from 'node:test'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { WordCount } from '../../support/word-count.ts'

const exactlyOnce = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2', STREAMS_NUM_STREAM_THREADS: '2' }
/** Longer than the session timeout of 6 s, so that the group goes on without whoever stands still. */
const standstillMs = 8_000

describe('exactly-once workers, when somebody stands still for longer than a session', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')

  before(async () => {
    started = await startTestBroker()
  })
  after(() => started?.close())

  it('count every line once when it is the broker', async () => {
    await using app = await WordCount.open(broker(), 'still-1.', exactlyOnce)
    await app.start('worker.1')
    await app.feed(3_000)
    await app.readUntil(() => (app.counts.get('every') ?? 0) > 500, 60_000)
    const feeding = app.feed(3_000)
    process.kill(broker().pid, 'SIGSTOP')
    await delay(standstillMs)
    process.kill(broker().pid, 'SIGCONT')
    await feeding
    await app.settle(60_000)
    assert.deepEqual(app.counts, app.expected)
  })

  it('count every line once when it is a dyno that comes back as if nothing had been', async () => {
    await using app = await WordCount.open(broker(), 'still-2.', exactlyOnce)
    const [zombie] = [await app.start('worker.1'), await app.start('worker.2')]
    await app.feed(3_000)
    await app.readUntil(() => (app.counts.get('every') ?? 0) > 500, 60_000)
    const feeding = app.feed(6_000)
    process.kill(zombie.pid, 'SIGSTOP')
    await feeding
    await delay(standstillMs)
    process.kill(zombie.pid, 'SIGCONT')
    await app.feed(1_000)
    await app.settle(60_000)
    assert.deepEqual(app.counts, app.expected)
    assert.equal(await zombie.stop(), 0)
  })
})
