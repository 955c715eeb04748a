import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Json } from '../../../src/record/record.ts'
import { ApiFailure } from '../../../src/server/api-status.ts'
import { applyJsonPatch } from '../../../src/server/patch/json-patch.ts'

/** 200 where it is carried out. Anything but a refusal is thrown. */
function codeOf(document: Json, patch: Json): number {
  try {
    applyJsonPatch(document, patch)
    return 200
  } catch (error) {
    if (error instanceof ApiFailure) return error.status.code
    throw error
  }
}

const most = 3 * 1024 * 1024

describe('the bounds of a JSON patch let through what fits, to the last of it, and nothing more', () => {
  const tests = (count: number): Json => Array.from({ length: count }, () => ({ op: 'test', path: '/a', value: 1 }))
  const deeper = (levels: number): readonly Json[] =>
    Array.from({ length: levels }, (_, at) => ({ op: 'add', path: '/a'.repeat(at + 1), value: {} }))
  const lists = (levels: number): Json => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)
  /** With its quotes a text is two characters more. */
  const half = { a: 'x'.repeat(most / 2 - 2), b: '' }
  const copy = { op: 'copy', from: '/a', path: '/c' }
  const move = { op: 'move', from: '/a', path: '/c' }
  const back = { op: 'move', from: '/c', path: '/a' }
  /** Each item of a list that has to make room weighs a sixteenth. */
  const long = { l: Array<number>(64 * 1024).fill(0) }
  const rooms = (count: number): Json =>
    Array.from({ length: count }, () => [
      { op: 'add', path: '/l/0', value: 0 },
      { op: 'remove', path: '/l/0' },
    ]).flat()

  const cases: readonly (readonly [what: string, code: number, document: Json, patch: Json])[] = [
    ['10,000 operations', 200, { a: 1 }, tests(10_000)],
    ['10,001 operations', 413, { a: 1 }, tests(10_001)],
    ['copies of 3 MB together', 200, half, [copy, copy]],
    ['copies of 3 MB and an empty text more', 413, half, [copy, copy, { ...copy, from: '/b' }]],
    ['moves of 3 MB together', 200, half, [move, back]],
    ['moves of 3 MB and an empty text more', 413, half, [move, back, { ...move, from: '/b' }]],
    ['room made in a long list, 384 times and taken again', 200, long, rooms(383)],
    ['room made in a long list 385 times', 413, long, rooms(385)],
    ['a hundred levels', 200, {}, deeper(99)],
    ['a value at a hundred levels', 200, {}, [...deeper(99), { op: 'add', path: `${'/a'.repeat(99)}/b`, value: 1 }]],
    ['a hundred and one levels', 413, {}, deeper(100)],
    ['a hundred levels in a value', 200, {}, [{ op: 'add', path: '/a', value: [0, lists(98), 0] }]],
    ['a hundred and one in a value', 413, {}, [{ op: 'add', path: '/a', value: [0, lists(99), 0] }]],
  ]
  for (const [what, code, document, patch] of cases) {
    it(`${code}: ${what}`, () => assert.equal(codeOf(document, patch), code))
  }
})

describe('a JSON patch that is none is answered with what one looks like', () => {
  for (const patch of [{}, 'add', ['add'], [null], [[]]]) {
    it(JSON.stringify(patch), () => assert.equal(codeOf({}, patch), 400))
  }

  it('and what its operations lack is named', () => {
    const told: readonly (readonly [operation: Json, words: RegExp])[] = [
      [{ op: 'remove', path: 'a' }, /path must be empty or begin with \//],
      [{ op: 'remove', path: '/~' }, /path: write ~0 for ~/],
      [{ op: 'move', path: '/a', from: '/~2' }, /from: write ~0 for ~/],
      [{ op: 'move', path: '/a/b/c', from: '/a/b' }, /"\/a\/b\/c" is inside of what is moved/],
    ]
    for (const [operation, words] of told) {
      assert.throws(() => applyJsonPatch({ a: { b: {} } }, [operation]), words, JSON.stringify(operation))
    }
  })
})

describe('what a JSON patch leaves', () => {
  it('is nothing where all was removed', () => {
    assert.equal(applyJsonPatch({ a: 1 }, [{ op: 'remove', path: '' }]), null)
  })

  it('is the same where something moves to where it is', () => {
    assert.deepEqual(applyJsonPatch({ a: 1 }, [{ op: 'move', from: '/a', path: '/a' }]), { a: 1 })
  })

  it('is an object like any other, whose new fields may be changed again', () => {
    const patched = applyJsonPatch({}, [{ op: 'add', path: '/a', value: 1 }])
    const like = { value: 1, writable: true, enumerable: true, configurable: true }
    assert.deepEqual(Object.getOwnPropertyDescriptor(patched, 'a'), like)
  })

  it('is a list with the item of the index zero replaced, and no other', () => {
    assert.deepEqual(applyJsonPatch([1, 2], [{ op: 'replace', path: '/0', value: 3 }]), [3, 2])
    assert.deepEqual(applyJsonPatch([], [{ op: 'add', path: '/0', value: 3 }]), [3])
  })
})
