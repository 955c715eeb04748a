import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { mergeOrdered } from '../../../src/runtime/store/merge-ordered.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const text = (content: Uint8Array): string => Buffer.from(content).toString('latin1')
const keys = fc.string({ unit: fc.constantFrom('a', 'b', '\u00ff'), maxLength: 3 })

describe('changes laid over a store', () => {
  it('give what a map would hold, in the order of the keys’ bytes', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, keys), fc.dictionary(keys, fc.option(keys)), (below, changes) => {
        const order = (one: string, other: string) => Buffer.compare(bytes(one), bytes(other))
        const stored = Object.keys(below)
          .toSorted(order)
          .map((key) => [bytes(key), bytes(below[key] ?? '')] as const)
        const over = Object.entries(changes).map(([key, value]) => ({
          key: bytes(key),
          value: value === null ? null : bytes(value),
        }))
        const seen = [...mergeOrdered(stored, over)].map(([key, value]) => [text(key), text(value)])
        const all = Object.entries({ ...below, ...changes }).filter(([, value]) => value !== null)
        assert.deepEqual(
          seen,
          all.toSorted(([one], [other]) => order(one, other)),
        )
      }),
    )
  })

  it('read no further than somebody asks', () => {
    let read = 0
    function* stored() {
      for (const key of ['a', 'b', 'c', 'd']) {
        read += 1
        yield [bytes(key), bytes('1')] as const
      }
    }
    for (const [key] of mergeOrdered(stored(), [{ key: bytes('a'), value: null }])) if (text(key) === 'b') break
    assert.equal(read, 2)
  })
})
