import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { WordCount } from '../../support/word-count.ts'

const file = fileURLToPath(new URL('../../fixtures/runtime/pattern-word-count.ts', import.meta.url))
const lookOften = {
  STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2',
  STREAMS_NUM_STREAM_THREADS: '2',
  STREAMS_METADATA_MAX_AGE_MS: '300',
}

describe('workers that read topics by a pattern, as a tenant of the basic plan', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')

  before(async () => {
    started = await startTestBroker()
  })
  after(() => started?.close())

  it('read a topic that comes while they run, and none of another tenant; every count is right', async () => {
    await using app = await WordCount.open(broker(), 'fit-1.', lookOften, file)
    const fits = { partitions: 4, config: { cleanupPolicy: 'delete', retentionMs: null } } as const
    await broker().createTopic({ name: 'fit-2.lines', ...fits })
    const one = await app.start('worker.1')
    await app.start('worker.2')
    await app.feed(500)
    await app.readUntil(() => app.counts.get('every') === 500, 60_000)
    await broker().createTopic({ name: 'fit-1.lines-2026', ...fits })
    await app.feed(400, 'lines-2026')
    await app.feed(100)
    await app.readUntil(() => app.counts.get('every') === 1_000, 60_000)
    await app.settle(60_000)
    assert.deepEqual(sorted(app.counts), sorted(app.expected))
    assert.equal(await one.stop(), 0)
  })
})

const sorted = (counts: ReadonlyMap<string, number>) => [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1))
