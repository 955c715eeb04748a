import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Meter } from '../../../src/runtime/metrics/meter.ts'

describe('a meter', () => {
  it('tells events per second, average and maximum per event, and the share of time', () => {
    const meter = new Meter(0)
    meter.record(30, 3)
    meter.record(20)
    assert.deepEqual(meter.read(10_000), { total: 4, rate: 0.4, avg: 12.5, max: 20, ratio: 0.005 })
  })

  it('has no average and no maximum before the first event', () => {
    assert.deepEqual(new Meter(0).read(0), { total: 0, rate: 0, avg: Number.NaN, max: Number.NaN, ratio: 0 })
  })

  it('forgets, between 30 and 60 s later, what was long ago, and keeps the total', () => {
    const meter = new Meter(0)
    meter.record(100)
    assert.equal(meter.read(30_000).max, 100)
    meter.record(1)
    assert.equal(meter.read(59_999).max, 100)
    const late = meter.read(60_000)
    assert.deepEqual([late.max, late.avg, late.total], [1, 1, 2])
    assert.equal(late.rate, 1 / 30)
    assert.ok(Number.isNaN(meter.read(120_000).max))
  })
})
