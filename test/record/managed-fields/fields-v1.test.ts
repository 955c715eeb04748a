import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  difference,
  intersection,
  pathsOf,
  setOf,
  union,
  type FieldSet,
} from '../../../src/record/managed-fields/field-set.ts'
import { parseFields, printFields } from '../../../src/record/managed-fields/fields-v1.ts'

const element = fc.constantFrom('f:a', 'f:b', 'f:__proto__', 'k:{"name":"x","port":1}', 'v:"\\u003c"', 'v:1', 'i:0')
const path = fc.array(element, { minLength: 1, maxLength: 4 })
const fields = fc.array(path, { maxLength: 8 }).map((paths) => setOf(...paths))

/** Two sets are the same when they print the same. */
const printed = (set: FieldSet): string => JSON.stringify([...pathsOf(set)])

describe('a set of fields', () => {
  it('comes back from its own writing', () => {
    fc.assert(
      fc.property(fields, (set) => {
        const again = parseFields(printFields(set))
        assert.ok(again !== undefined)
        assert.equal(printed(again), printed(set))
      }),
    )
  })

  it('is cut by another into what both have and what only it has', () => {
    fc.assert(
      fc.property(fields, fields, (left, right) => {
        assert.equal(printed(union(intersection(left, right), difference(left, right))), printed(left))
        assert.equal(printed(intersection(difference(left, right), right)), '[]')
      }),
    )
  })

  it('holds what either of two holds', () => {
    fc.assert(
      fc.property(fields, fields, (left, right) => {
        const both = union(left, right)
        assert.equal(printed(difference(left, both)), '[]')
        assert.equal(printed(union(right, left)), printed(both))
      }),
    )
  })

  it('is written with sorted keys, and keys of items in one order', () => {
    const set = parseFields({ 'k:{"port":1,"name":"x"}': { '.': {}, 'f:name': {} }, 'f:a': {} })
    assert.ok(set !== undefined)
    assert.equal(
      JSON.stringify(printFields(set)),
      '{"f:a":{},"k:{\\"name\\":\\"x\\",\\"port\\":1}":{".":{},"f:name":{}}}',
    )
  })

  it('is not read from what nobody would write', () => {
    for (const written of [[], 'x', { a: {} }, { 'k:name': {} }, { 'v:{': {} }, { 'f:a': 1 }, { 'i:x': {} }]) {
      assert.equal(parseFields(written), undefined, JSON.stringify(written))
    }
  })
})
