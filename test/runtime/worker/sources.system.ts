import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { good } from '../../support/wire-system.ts'
import { WordCount } from '../../support/word-count.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/runtime/${name}`, import.meta.url))
const exactlyOnce = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' }
const lookOften = {
  ...exactlyOnce,
  STREAMS_NUM_STREAM_THREADS: '2',
  STREAMS_METADATA_MAX_AGE_MS: '300',
}

describe('workers of a tenant of the basic plan', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')

  before(async () => {
    started = await startTestBroker()
  })
  after(() => started?.close())

  it('read by a pattern a topic that comes while they run, and none of another tenant; every count is right', async () => {
    await using app = await WordCount.open(broker(), 'fit-1.', lookOften, fixture('pattern-word-count.ts'))
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
    assert.deepEqual(app.counts, app.expected)
    assert.equal(await one.stop(), 0)
  })

  it('restore a table from its own topic after kill -9, and every count is right', async () => {
    await using app = await WordCount.open(broker(), 'own-1.', exactlyOnce, fixture('homes.ts'))
    const towns = new Map<string, string>()
    const move = async (from: number, to: number) => {
      const sink = app.client.openSink()
      good(await sink.prepare(['own-1.lines']))
      for (let at = from; at < to; at += 1) {
        const [person, town] = [`person ${at % 100}`, `town ${at % 7}`]
        towns.set(person, town)
        const record = { key: Buffer.from(person), value: Buffer.from(town), timestamp: at, headers: [] }
        sink.send({ topic: 'own-1.lines', partition: (at % 100) % 4, ...record })
      }
      good(await sink.flush())
      await sink.close()
    }
    const isRight = () =>
      [0, 1, 2, 3, 4, 5, 6].every((town) => app.counts.get(`town ${town}`) === living(towns, `town ${town}`))
    const one = await app.start('worker.1')
    await move(0, 1_003)
    await app.readUntil(isRight, 60_000)
    await app.settle(60_000)
    await one.kill()
    await move(1_003, 2_007)
    const two = await app.start('worker.1')
    await move(2_007, 3_011)
    await app.readUntil(isRight, 60_000)
    await app.settle(60_000)
    assert.ok(isRight())
    const restored = two.logged('restored a store from its changelog').filter(({ store }) => store === 'homes')
    assert.equal(
      restored.reduce((sum, { records }) => sum + Number(records), 0),
      1_003,
    )
    assert.equal(await two.stop(), 0)
  })
})

const living = (towns: ReadonlyMap<string, string>, town: string) =>
  [...towns.values()].filter((each) => each === town).length
