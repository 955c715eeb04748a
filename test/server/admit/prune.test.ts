import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { prune } from '../../../src/server/admit/prune.ts'

const schema = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    note: { type: 'string', nullable: true },
    parts: { type: 'array', items: { type: 'object', properties: { weight: { type: 'integer' } } } },
  },
}

describe('pruning', () => {
  it('takes away what the schema does not know, and tells where it was', () => {
    const { value, unknown } = prune({ title: 'x', tilte: 'y', parts: [{ weight: 1, colour: 'red' }] }, schema)
    assert.deepEqual(value, { title: 'x', parts: [{ weight: 1 }] })
    assert.deepEqual(unknown, ['tilte', 'parts[0].colour'])
  })

  it('takes null for left out, unless the schema allows it: an apply that empties a map ends in its default', () => {
    assert.deepEqual(prune({ title: null, note: null, parts: [{ weight: null }] }, schema), {
      value: { note: null, parts: [{}] },
      unknown: [],
    })
  })
})
