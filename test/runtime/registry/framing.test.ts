import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decodeMessageIndexes, encodeMessageIndexes, frame, unframe } from '../../../src/runtime/registry/framing.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe("Confluent's wire format", () => {
  it('is a zero, the id in four bytes, and the value', () => {
    assert.equal(hex(frame(258, Buffer.from('ab'))), '00000001026162')
    assert.deepEqual(unframe(Buffer.from('00000001026162', 'hex')), { id: 258, body: Buffer.from('ab') })
  })

  it('refuses what does not begin so', () => {
    for (const bytes of ['', '00000001', '0100000001aa', '7b7d'])
      assert.throws(() => unframe(Buffer.from(bytes, 'hex')), /were not written with a schema registry/)
  })

  // As Confluent's page on the wire format has them: the list [1, 0] is 4 2 0, and [0] is a single 0.
  for (const [indexes, bytes] of [
    [[0], '00'],
    [[1], '0202'],
    [[1, 0], '040200'],
    [[64], '028001'],
  ] as const)
    it(`writes the place ${JSON.stringify(indexes)} of a Protobuf message as ${bytes}`, () => {
      assert.equal(hex(encodeMessageIndexes(indexes)), bytes)
    })

  it('reads what it writes, and the long form of the first message, too', () => {
    const places = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(places, fc.uint8Array(), (indexes, value) => {
        const read = decodeMessageIndexes(Buffer.concat([encodeMessageIndexes(indexes), value]))
        assert.deepEqual([read.indexes, hex(read.message)], [indexes, hex(value)])
      }),
    )
    assert.deepEqual(decodeMessageIndexes(Buffer.from('0200ff', 'hex')).indexes, [0])
    assert.throws(() => decodeMessageIndexes(Buffer.from('0480', 'hex')), /cut short/)
  })
})
