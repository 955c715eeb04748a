import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { until } from '../../support/until.ts'
import { WordCount } from '../../support/word-count.ts'
import { good } from '../../support/wire-system.ts'

const often = { STREAMS_REPARTITION_PURGE_INTERVAL_MS: '200', STREAMS_COMMIT_INTERVAL_MS: '100' }

describe('a worker whose repartition topic grows', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')

  before(async () => {
    started = await startTestBroker()
  })
  after(() => started?.close())

  /** Offsets of the repartition topic's partitions, which all hold words. */
  const offsets = async ({ client, prefix }: WordCount, end: 'beginning' | 'end') => {
    const topic = `${prefix}wc-counts-repartition`
    return good(
      await client.offsets(
        [0, 1, 2, 3].map((partition) => ({ topic, partition })),
        end,
      ),
    )
  }
  const sum = (numbers: ReadonlyMap<string, number>) => [...numbers.values()].reduce((total, each) => total + each, 0)

  it('empties it behind the commit on a dedicated plan, and every count is exact', async () => {
    await using app = await WordCount.open(broker(), '', often)
    const worker = await app.start('worker.1')
    await app.feed(500)
    await app.settle(30_000)
    const end = await offsets(app, 'end')
    await until(
      async () => sum(await offsets(app, 'beginning')) >= sum(end),
      () => `an empty topic: ${worker.lines.slice(-5).join('\n')}`,
      { withinMs: 20_000, everyMs: 50 },
    )
    assert.deepEqual(await offsets(app, 'beginning'), end)
    await app.feed(500)
    await app.settle(30_000)
    assert.equal(await worker.stop(), 0)
    assert.deepEqual(new Map(app.counts), app.expected)
  })

  it('is refused on a basic plan, says once what to do, and keeps running', async () => {
    await using app = await WordCount.open(broker(), 'purge-1.', often)
    const worker = await app.start('worker.1')
    await app.feed(500)
    await app.settle(30_000)
    const told = () => worker.lines.filter((line) => line.includes('finite retention'))
    const deadline = Date.now() + 20_000
    while (told().length === 0) {
      assert.ok(Date.now() < deadline, `nothing told: ${worker.lines.slice(-5).join('\n')}`)
      await app.feed(20)
      await app.settle(30_000)
    }
    for (let round = 0; round < 3; round += 1) {
      await app.feed(100)
      await app.settle(30_000)
    }
    assert.equal(told().length, 1)
    assert.equal(sum(await offsets(app, 'beginning')), 0)
    assert.equal(await worker.stop(), 0)
    assert.deepEqual(new Map(app.counts), app.expected)
  })
})
