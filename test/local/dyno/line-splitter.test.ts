import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { LineSplitter } from '../../../src/local/dyno/line-splitter.ts'

function split(chunks: readonly Buffer[], maxBytes?: number): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line), maxBytes)
  for (const chunk of chunks) splitter.push(chunk)
  splitter.end()
  return lines
}

it('joins a line that arrives in pieces, and keeps empty lines', () => {
  assert.deepEqual(split([Buffer.from('on'), Buffer.from('e\n\ntwo\r\nthr'), Buffer.from('ee')]), [
    'one',
    '',
    'two',
    'three',
  ])
})

it('splits a line of more than 10,000 bytes', () => {
  const lines = split([Buffer.from(`${'a'.repeat(25_000)}\nb\n`)])
  assert.deepEqual(
    lines.map(({ length }) => length),
    [10_000, 10_000, 5_000, 1],
  )
})

it('never cuts inside a character', () => {
  assert.deepEqual(split([Buffer.from('aä€😀b')], 4), ['aä', '€', '😀', 'b'])
})

it('loses nothing, however the bytes arrive', () => {
  const text = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }).filter((line) => !/[\r\n]/.test(line)))
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 7 }), (lines, step) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      const chunks = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) =>
        bytes.subarray(index * step, index * step + step),
      )
      assert.deepEqual(split(chunks), lines)
    }),
  )
})
