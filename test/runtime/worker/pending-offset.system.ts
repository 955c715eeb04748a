import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { addressFor, startTestBroker } from '../../support/broker.ts'
import { leaveHalfDone } from '../../support/half-transaction.ts'
import { WordCount } from '../../support/word-count.ts'

const settings = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2', STREAMS_COMMIT_INTERVAL_MS: '100' }

describe('a worker whose predecessor died between its offsets and the end of their transaction', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')

  before(async () => {
    started = await startTestBroker()
  })
  after(() => started?.close())

  it('works on all other partitions, and on that one as soon as the dyno starts again under its name', async () => {
    await using app = await countedOnce('pending-1.')
    const held = await leaveOffset(app.prefix, 'worker.2-1', 600_000)
    const one = await app.start('worker.1')
    // a quarter of the new lines is on the partition that waits
    await app.readUntil(() => (app.counts.get('every') ?? 0) >= 700, 60_000)
    const [waits] = one.logged('a transaction holds committed offsets: their tasks wait for its end')
    assert.deepEqual(Object.keys(Object(waits?.['since'])), [held])
    assert.deepEqual([one.logged('opened a task').length, app.counts.get('every')], [8, 700])

    await app.start('worker.2')
    await app.settle(60_000)
    assert.deepEqual(sorted(app.counts), sorted(app.expected))
  })

  it('needs nobody for that: the broker ends the transaction by time, and every count is exact', async () => {
    await using app = await countedOnce('pending-2.')
    await leaveOffset(app.prefix, 'worker.9-1', 1_000)
    await app.start('worker.1')
    await app.settle(60_000)
    assert.deepEqual(sorted(app.counts), sorted(app.expected))
  })

  /** 400 lines are counted, 400 more are written, and nobody is there. */
  async function countedOnce(prefix: string): Promise<WordCount> {
    const app = await WordCount.open(broker(), prefix, settings)
    const worker = await app.start('worker.1')
    await app.feed(400)
    await app.settle(60_000)
    await worker.stop()
    await app.feed(400)
    return app
  }

  /** Of the partition that it names, and further on than anybody has come: to believe it would lose lines. */
  async function leaveOffset(prefix: string, name: string, timeoutMs: number): Promise<string> {
    const credentials = await broker().issueCredentials(prefix)
    const options = { transactionalId: `${prefix}wc-${name}`, groupId: `${prefix}wc`, timeoutMs }
    const offset = { topic: `${prefix}lines`, partition: 0, offset: 150, metadata: '' }
    await leaveHalfDone(addressFor(broker().addresses.basic, credentials), options, [offset])
    return `${offset.topic}-0`
  }
})

const sorted = (counts: ReadonlyMap<string, number>) => [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1))
