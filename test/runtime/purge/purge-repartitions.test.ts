import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CountingApp } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { until } from '../../support/until.ts'

const env = { STREAMS_REPARTITION_PURGE_INTERVAL_MS: '1' }
const repartitions = [0, 1].map((partition) => ({ topic: 'wc-counts-repartition', partition }))

describe('repartition topics', () => {
  for (const guarantee of ['at_least_once', 'exactly_once_v2'])
    it(`are emptied behind the commit, never further, and nothing else is (${guarantee})`, async () => {
      using app = new CountingApp({ env: { ...env, STREAMS_PROCESSING_GUARANTEE: guarantee } })
      app.feed('a b a', 'b c')
      const running = app.start(new Life(), app.newDisk())
      await app.settled()
      app.feed('a', 'd')
      await app.settled()
      const { log } = app.kafka
      await until(() =>
        repartitions.every(
          (at) => log.beginning(at) === (app.kafka.group('wc').offsets.get(`${at.topic}-${at.partition}`)?.offset ?? 0),
        ),
      )
      await running.stop()
      assert.ok(repartitions.some((at) => log.beginning(at) > 0))
      for (const topic of ['lines', 'word-counts', 'wc-counts-changelog'])
        for (const partition of [0, 1]) assert.equal(log.beginning({ topic, partition }), 0)
      assert.deepEqual(new Map(app.counts), app.expected)
    })

  it('are left alone where the cluster refuses: one line says what to do, and it is not asked again', async () => {
    using app = new CountingApp({ env })
    app.kafka.mayPurge = false
    app.feed('a b a', 'b c')
    const running = app.start(new Life(), app.newDisk())
    await until(() => app.kafka.purges > 0)
    for (const line of ['c', 'd', 'e']) {
      app.feed(line, line)
      await app.settled()
    }
    await running.stop()
    assert.equal(app.kafka.purges, 1)
    assert.equal(running.log.filter((line) => line.includes('finite retention')).length, 1)
    assert.deepEqual(new Map(app.counts), app.expected)
  })
})
