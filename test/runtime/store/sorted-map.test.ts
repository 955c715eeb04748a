import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { SortedMap } from '../../../src/runtime/store/sorted-map.ts'

const text = fc.string({ maxLength: 2 })
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key: text, value: fc.integer() }),
  fc.record({ kind: fc.constant('delete' as const), key: text }),
  fc.record({
    kind: fc.constant('range' as const),
    low: fc.option(text, { nil: undefined }),
    high: fc.option(text, { nil: undefined }),
  }),
)

describe('a sorted map', () => {
  it('ranges like a map that is sorted anew each time, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const map = new SortedMap<number>()
        const model = new Map<string, number>()
        for (const one of steps) {
          if (one.kind === 'set') {
            map.set(one.key, one.value)
            model.set(one.key, one.value)
          } else if (one.kind === 'delete') {
            map.delete(one.key)
            model.delete(one.key)
          } else {
            const { low = '', high } = one
            const expected = [...model]
              .filter(([key]) => key >= low && (high === undefined || key < high))
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
            assert.deepEqual(map.range(one.low, one.high), expected)
          }
        }
        assert.equal(map.size, model.size)
      }),
    )
  })
})
