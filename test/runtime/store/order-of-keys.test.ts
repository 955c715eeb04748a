import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { orderOfKeys } from '../../../src/runtime/store/order-of-keys.ts'
import { textBatch } from '../../support/task-world.ts'

const order = (keys: readonly (string | null)[]) =>
  orderOfKeys(
    textBatch(
      't',
      keys.map((key) => [key, 'v', 0]),
    ),
  )

describe('the order of keys', () => {
  it('is that of their bytes behind what all have in common', () => {
    assert.deepEqual([...(order(['meter-b', 'meter-a', 'meter-c', 'meter-']) ?? [])], [3, 1, 0, 2])
    assert.deepEqual([...(order(['é', 'z', 'a']) ?? [])], [2, 1, 0])
  })

  it('leaves alone what is in order', () => {
    for (const keys of [[], ['a'], ['a', 'a'], ['a', 'b', 'c'], [null, 'a']]) assert.equal(order(keys), undefined)
  })

  it('has every record once, and those of one key as they were (property)', () => {
    const keys = fc.array(fc.oneof(fc.constantFrom('', 'a', 'common-1', 'common-2', null), fc.string()), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(keys, (all) => {
        const sorted = [...(order(all) ?? all.keys())]
        assert.deepEqual(
          sorted.toSorted((a, b) => a - b),
          [...all.keys()],
        )
        for (const key of new Set(all)) {
          const places = sorted.filter((at) => all[at] === key)
          assert.deepEqual(
            places,
            places.toSorted((a, b) => a - b),
          )
        }
      }),
    )
  })
})
