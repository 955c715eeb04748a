import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { asJson } from '../../src/record/as-json.ts'

describe('plain data as the record takes it', () => {
  const values: Readonly<Record<string, object>> = {
    'JSON itself': { a: [1, 'b', true, null, { c: -1.5 }] },
    'what is left out': { a: undefined, b: [undefined], c: { d: undefined } },
    'a function': { a: () => 1 },
    'numbers that JSON has not': { a: NaN, b: Infinity, c: -0 },
    'a date': { a: new Date(0) },
    'a map': { a: new Map([[1, 2]]) },
    'something with a JSON of its own': { a: { toJSON: () => 'b' } },
    'an object without a prototype': Object.assign(Object.create(null), { a: 1 }),
  }
  for (const [name, value] of Object.entries(values)) {
    it(`${name} is what its text says`, () => {
      assert.equal(JSON.stringify(asJson(value)), JSON.stringify(value))
      assert.deepEqual({ ...asJson(value) }, JSON.parse(JSON.stringify(value)))
    })
  }
})
