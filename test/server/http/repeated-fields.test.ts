import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseBody } from '../../../src/server/http/read-body.ts'
import { repeatedFields } from '../../../src/server/http/repeated-fields.ts'

describe('fields that stand twice in a body', () => {
  const cases: readonly (readonly [text: string, found: readonly string[]])[] = [
    ['{}', []],
    ['[]', []],
    ['"a:b"', []],
    ['{"a":1,"b":{"a":1}}', []],
    ['{"a":1,"a":2,"a":3}', ['a']],
    [String.raw`{"a":{"x":[{"b":1},{"b":1,"\u0062":2}]}}`, ['a.x[1].b']],
    ['{"a":{"b":1},"c":[[{"d":"}","d":":"}]],"a":{"b":1}}', ['c[0][0].d', 'a']],
    [String.raw`{"a\"":"{\"a\":1,\"a\":1}","b":","}`, []],
    ['{ "a" : "a" , "b" : ["a", "a", {"a": null, "a": true}] }', ['b[2].a']],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
  ]
  for (const [text, found] of cases) {
    it(`are ${found.length === 0 ? 'none' : found.join(', ')} in ${text}`, () => {
      assert.deepEqual(repeatedFields(text), found)
      assert.deepEqual(parseBody(Buffer.from(text)).repeated, found)
    })
  }
})
