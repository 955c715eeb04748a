import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { Json } from '../../../src/record/record.ts'
import { ApiFailure } from '../../../src/server/api-status.ts'
import { applyJsonPatch } from '../../../src/server/patch/json-patch.ts'

const secret = { data: { a: 'hunter2' }, list: [1, 2, 3] }

function refusalOf(patch: Json, target: Json = secret): ApiFailure['status'] {
  try {
    applyJsonPatch(target, patch)
  } catch (error) {
    if (error instanceof ApiFailure) return error.status
    throw error
  }
  return assert.fail('the patch was applied')
}

describe('a JSON patch', () => {
  const cases: readonly (readonly [what: string, patch: Json, result: Json])[] = [
    [
      'adds to a map',
      [{ op: 'add', path: '/data/b', value: 'c' }],
      { data: { a: 'hunter2', b: 'c' }, list: [1, 2, 3] },
    ],
    ['makes room in a list', [{ op: 'add', path: '/list/1', value: 9 }], { ...secret, list: [1, 9, 2, 3] }],
    ['adds at the end of a list', [{ op: 'add', path: '/list/-', value: 9 }], { ...secret, list: [1, 2, 3, 9] }],
    ['replaces an item', [{ op: 'replace', path: '/list/0', value: 9 }], { ...secret, list: [9, 2, 3] }],
    ['replaces the whole', [{ op: 'replace', path: '', value: { new: true } }], { new: true }],
    ['removes an item', [{ op: 'remove', path: '/list/0' }], { ...secret, list: [2, 3] }],
    [
      'moves',
      [{ op: 'move', from: '/list/0', path: '/data/first' }],
      { data: { a: 'hunter2', first: 1 }, list: [2, 3] },
    ],
    [
      'copies, and not the same value twice',
      [
        { op: 'copy', from: '/list', path: '/data/list' },
        { op: 'remove', path: '/list/0' },
      ],
      { data: { a: 'hunter2', list: [1, 2, 3] }, list: [2, 3] },
    ],
    ['tests', [{ op: 'test', path: '/list', value: [1, 2, 3] }], secret],
    [
      'reads ~1 as / and ~0 as ~',
      [{ op: 'add', path: '/data/a~1b~01', value: 1 }],
      { data: { a: 'hunter2', 'a/b~1': 1 }, list: [1, 2, 3] },
    ],
  ]
  for (const [what, patch, result] of cases) {
    it(`${what}, and leaves what it was given alone`, () => {
      const target = structuredClone(secret)
      const given = structuredClone(patch)
      assert.deepEqual(applyJsonPatch(target, given), result)
      // Whoever was disturbed by another writer applies the same patch once more.
      assert.deepEqual(applyJsonPatch(target, given), result)
      assert.deepEqual([target, given], [secret, patch])
    })
  }

  const impossible: readonly (readonly [what: string, operation: Json])[] = [
    ['a test that fails', { op: 'test', path: '/data/a', value: 'other' }],
    ['a place that is not there', { op: 'remove', path: '/data/c' }],
    ['a place in what is not there', { op: 'add', path: '/nothing/b', value: 1 }],
    ['a place in a text', { op: 'add', path: '/data/a/b', value: 1 }],
    ['a place after the end', { op: 'add', path: '/list/4', value: 1 }],
    ['a place with a sign', { op: 'add', path: '/list/-1', value: 1 }],
    ['a place with a zero before it', { op: 'replace', path: '/list/01', value: 1 }],
    ['a move into itself', { op: 'move', from: '/data', path: '/data/b' }],
    ['no value', { op: 'add', path: '/data/b' }],
    ['no text as a path', { op: 'remove', path: 7 }],
    ['a path that begins nowhere', { op: 'remove', path: 'data' }],
    ['an unknown operation', { op: '_get', path: '/data/a' }],
    ['an operation called constructor', { op: 'constructor', path: '/data/a' }],
    ['a ~ that says nothing', { op: 'remove', path: '/data/~2' }],
  ]
  for (const [what, operation] of impossible) {
    it(`is refused as a whole for ${what}, by its number, and shows no value`, () => {
      const { code, message } = refusalOf([{ op: 'add', path: '/data/b', value: 'hunter3' }, operation])
      assert.equal(code, 422)
      assert.match(message, /operation 1: /)
      assert.doesNotMatch(message, /hunter/)
    })
  }

  it('finds nothing on a prototype: it reads no function, and changes none of the process', () => {
    const entries = Object.entries
    const places = [
      '/data/constructor/entries',
      '/__proto__/polluted',
      '/data/__proto__/polluted',
      '/list/push',
      '/list/length',
    ]
    for (const path of places) {
      assert.equal(refusalOf([{ op: 'replace', path, value: 'x' }]).code, 422)
      assert.equal(refusalOf([{ op: 'copy', from: path, path: '/data/b' }]).code, 422)
    }
    assert.equal(refusalOf([{ op: 'add', path: '/data/constructor/entries', value: 'x' }]).code, 422)
    assert.equal(Object.entries, entries)
    assert.equal(Reflect.get({}, 'polluted'), undefined)
  })

  it('takes __proto__ and constructor for names like any other', () => {
    const patched = applyJsonPatch({ data: {} }, [
      { op: 'add', path: '/data/__proto__', value: { a: 1 } },
      { op: 'add', path: '/data/constructor', value: 'b' },
      { op: 'add', path: '/data/__proto__/c', value: 'd' },
    ])
    assert.equal(JSON.stringify(patched), '{"data":{"__proto__":{"a":1,"c":"d"},"constructor":"b"}}')
  })

  it('that doubles what it copies is refused before it fills the memory', () => {
    const double = Array.from({ length: 60 }, (_, at) => ({ op: 'copy', from: '/data', path: `/data/x${at}` }))
    const wide = Array.from({ length: 60 }, () => ({ op: 'copy', from: '/list', path: '/list/0' }))
    assert.equal(refusalOf(double).code, 413)
    assert.equal(refusalOf(wide).code, 413)
  })

  it('that nests what it moves is refused at a hundred levels', () => {
    const nest = Array.from({ length: 300 }, () => [
      { op: 'add', path: '/outer', value: {} },
      { op: 'move', from: '/data', path: '/outer/data' },
      { op: 'move', from: '/outer', path: '/data' },
    ]).flat()
    assert.equal(refusalOf(nest).code, 413)
  })

  it('that makes room in a long list again and again is refused before it holds others up', () => {
    const long = [{ op: 'add', path: '/long', value: Array<number>(200_000).fill(0) }]
    const room = Array.from({ length: 9_000 }, () => ({ op: 'add', path: '/long/0', value: 0 }))
    assert.equal(refusalOf([...long, ...room]).code, 413)
  })

  it('undone by its inverse, leaves what there was', () => {
    const name = fc.constantFrom('a', 'b', '__proto__', 'constructor', 'a/b', 'm~n')
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue({ maxDepth: 3 })), name, fc.jsonValue(), (map, at, value) => {
        const target = { map: JSON.parse(JSON.stringify(map)) }
        const path = `/map/${at.replaceAll('~', '~0').replaceAll('/', '~1')}`
        const was: Json | undefined = Object.hasOwn(target.map, at) ? target.map[at] : undefined
        const back = was === undefined ? { op: 'remove', path } : { op: 'replace', path, value: was }
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the library makes is JSON
        const added = { op: 'add', path, value: JSON.parse(JSON.stringify(value)) as Json }
        assert.deepEqual(applyJsonPatch(target, [added, { ...added, op: 'test' }, back]), target)
      }),
    )
  })
})
