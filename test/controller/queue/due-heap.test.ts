import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { DueHeap } from '../../../src/controller/queue/due-heap.ts'

it('a heap hands out what is due, the earliest first, whatever came in between', () => {
  const step = fc.oneof(fc.record({ push: fc.nat({ max: 50 }) }), fc.record({ now: fc.nat({ max: 60 }) }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const heap = new DueHeap()
      const times: number[] = []
      for (const [index, one] of steps.entries()) {
        times.sort((a, b) => a - b)
        assert.equal(heap.nextDueMs, times[0])
        if ('push' in one) {
          heap.push(`${index} ${one.push}`, one.push)
          times.push(one.push)
          continue
        }
        const [earliest = Infinity] = times
        const popped = heap.popDue(one.now)
        assert.equal(popped?.dueMs, earliest <= one.now ? earliest : undefined)
        if (popped === undefined) continue
        assert.ok(popped.key.endsWith(` ${popped.dueMs}`))
        times.shift()
      }
    }),
    { numRuns: 500 },
  )
})

it('a heap holds each entry once, however many there are of one time', () => {
  const heap = new DueHeap()
  const keys = Array.from({ length: 100 }, (_, index) => `key ${index}`)
  for (const [index, key] of keys.entries()) heap.push(key, index % 7)
  const popped: { readonly key: string; readonly dueMs: number }[] = []
  for (let entry = heap.popDue(7); entry !== undefined; entry = heap.popDue(7)) popped.push(entry)
  assert.deepEqual(popped.map(({ key }) => key).toSorted(), keys.toSorted())
  const times = popped.map(({ dueMs }) => dueMs)
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
    'a deep heap is in order, too',
  )
})
