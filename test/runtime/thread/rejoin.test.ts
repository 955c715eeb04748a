import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CountingApp } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { until } from '../../support/until.ts'

const lines = ['a b a', 'b c', 'a', 'c c d', 'a d']

describe('a thread that stood still while it joined', () => {
  it('forgets its tasks: meanwhile another dyno had them, and every count is exact', async () => {
    using app = new CountingApp({ env: { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' } })
    const one = app.start(new Life(), app.newDisk(), 'worker.1')
    app.feed(...lines)
    await app.settled()
    const goOn = app.kafka.group('wc').standStill(1)
    const two = app.start(new Life(), app.newDisk(), 'worker.2')
    await until(() => two.log.some((line) => line.startsWith('joined the group')))
    app.feed(...lines)
    await app.settled()
    assert.ok(goOn())
    await until(() => one.log.filter((line) => line.startsWith('joined the group')).length > 1)
    app.feed(...lines)
    await app.settled()
    await one.stop()
    await two.stop()
    assert.deepEqual(new Map(app.counts), new Map(app.expected))
    assert.ok(one.log.some((line) => line.startsWith('the group shared out its tasks without this thread')))
  })
})
