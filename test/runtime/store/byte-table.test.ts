import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ByteTable } from '../../../src/runtime/store/byte-table.ts'

const bytes = (length: number, fill: number): Buffer => Buffer.alloc(length, fill)

describe('a table of bytes', () => {
  it('holds what a map holds, whatever is written, written again, removed and cleared', () => {
    const lengths = fc.constantFrom(0, 1, 15, 16, 17, 48, 49, 100, 4096, 4097, 70_000)
    const step = fc.record({
      what: fc.constantFrom('write', 'write', 'write', 'delete', 'remove', 'clear'),
      key: fc.integer({ min: 0, max: 99 }),
      length: lengths,
      fill: fc.integer({ min: 0, max: 255 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = new ByteTable()
        const model = new Map<string, Buffer | null>()
        for (const { what, key, length, fill } of steps) {
          const text = `key ${key}`
          if (what === 'clear' && fill < 20) {
            table.clear()
            model.clear()
          } else if (what === 'remove') {
            const row = table.find(text)
            if (row !== undefined) table.remove(row)
            model.delete(text)
          } else {
            const value = what === 'delete' ? null : bytes(length, fill)
            table.write(table.find(text) ?? table.add(text), value)
            model.set(text, value)
          }
        }
        const held = new Map(Array.from(table.rows(), (row) => [table.textOf(row), table.read(row)]))
        assert.deepEqual(held, model)
        assert.equal(table.size, model.size)
      }),
      { numRuns: 100 },
    )
  })

  it('hands out copies, which stay as they are when the row is written again', () => {
    const table = new ByteTable()
    const row = table.add('key')
    table.write(row, bytes(8, 1))
    const before = table.read(row)
    table.write(row, bytes(8, 2))
    assert.deepEqual(before, bytes(8, 1))
    assert.deepEqual(table.read(row), bytes(8, 2))
  })
})
