import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { addressFor, startTestBroker } from '../../support/broker.ts'
import { leaveHalfDone } from '../../support/half-transaction.ts'
import { good } from '../../support/wire-system.ts'
import { WordCount } from '../../support/word-count.ts'
import type { WorkerProcess } from '../../support/worker-process.ts'

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
    assert.deepEqual(app.counts, app.expected)
  })

  it('needs nobody for that: the broker ends the transaction by time, and every count is exact', async () => {
    await using app = await countedOnce('pending-2.')
    await leaveOffset(app.prefix, 'worker.9-1', 1_000)
    await app.start('worker.1')
    await app.settle(60_000)
    assert.deepEqual(app.counts, app.expected)
  })

  it('has not to wait either for what a dyno left open that does not come back: the leader ends it', async () => {
    const slow = { ...settings, STREAMS_COMMIT_INTERVAL_MS: '1000', STREAMS_TRANSACTION_TIMEOUT_MS: '300000' }
    await using app = await WordCount.open(broker(), 'pending-3.', slow)
    const [one, two] = [await app.start('worker.1'), await app.start('worker.2')]
    await app.feed(400)
    await app.readUntil(
      () => app.counts.get('every') === 400 && countsOf(one).length > 0 && countsOf(two).length > 0,
      60_000,
    )
    await app.feed(4_000)
    await app.readUntil(() => app.counts.get('every') !== 400, 60_000)
    const deadline = Date.now() + 30_000
    while (Date.now() < deadline && !(await isWriting(app, countsOf(one)))) await app.feed(40)
    await one.kill()

    await app.settle(60_000)
    assert.deepEqual(app.counts, app.expected)
    const ended = two.logged('ending what dynos left open that the group goes on without')
    assert.deepEqual(
      ended.map(({ dynos }) => dynos),
      [['worker.1']],
    )
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

/** Partitions whose counts a worker keeps, as it joined last. */
function countsOf(worker: WorkerProcess): readonly number[] {
  const tasks = worker.logged('joined the group').at(-1)?.['tasks']
  return Array.isArray(tasks)
    ? tasks
        .map(String)
        .filter((task) => task.startsWith('1_'))
        .map((task) => Number(task.slice(2)))
    : []
}

/** A transaction is open in their changelogs. */
async function isWriting({ client, prefix }: WordCount, counts: readonly number[]): Promise<boolean> {
  const changelogs = counts.map((partition) => ({ topic: `${prefix}wc-counts-changelog`, partition }))
  const stable = good(await client.offsets(changelogs, 'committed-end'))
  const ends = good(await client.offsets(changelogs, 'end'))
  return [...ends].some(([key, end]) => end > (stable.get(key) ?? 0))
}
