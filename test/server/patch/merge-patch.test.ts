import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Json } from '../../../src/record/record.ts'
import { mergePatch } from '../../../src/server/patch/merge-patch.ts'

/** The table of RFC 7396, appendix A. */
const cases: readonly (readonly [target: Json, patch: Json, result: Json])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
]

describe('a merge patch does what RFC 7396 says', () => {
  for (const [target, patch, result] of cases) {
    it(`${JSON.stringify(target)} with ${JSON.stringify(patch)} is ${JSON.stringify(result)}`, () => {
      assert.deepEqual(mergePatch(target, patch), result)
    })
  }

  it('and a label may be called as something that every object inherits', () => {
    const named = JSON.parse('{"constructor":"a","__proto__":"b"}')
    const merged = mergePatch({ labels: {} }, { labels: named })
    assert.equal(JSON.stringify(merged), '{"labels":{"constructor":"a","__proto__":"b"}}')
  })
})
