import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ByteReader, MalformedBytes } from '../../../src/kafka/wire/bytes/byte-reader.ts'
import { ByteWriter } from '../../../src/kafka/wire/bytes/byte-writer.ts'

const written = (write: (writer: ByteWriter) => void): Buffer => {
  const writer = new ByteWriter(1)
  write(writer)
  return Buffer.concat(writer.pieces())
}

describe('Kafka primitives', () => {
  const golden: readonly (readonly [string, (writer: ByteWriter) => void, string])[] = [
    ['int16 -1', (writer) => writer.int16(-1), 'ffff'],
    ['int64 -1', (writer) => writer.int64(-1), 'ffffffffffffffff'],
    ['int64 2^40', (writer) => writer.int64(2 ** 40), '0000010000000000'],
    ['unsigned varint 300', (writer) => writer.unsignedVarint(300), 'ac02'],
    ['varint -1', (writer) => writer.varint(-1), '01'],
    ['varint 2147483647', (writer) => writer.varint(2_147_483_647), 'feffffff0f'],
    ['varlong -2147483649', (writer) => writer.varlong(-2_147_483_649), '8180808010'],
    ['compact string of three letters', (writer) => writer.compactString('abc'), '04616263'],
    ['compact null string', (writer) => writer.compactString(null), '00'],
    ['old string', (writer) => writer.string('é'), '0002c3a9'],
    ['compact array', (writer) => writer.compactArray([1, 2], (item) => writer.int8(item)), '030102'],
  ]
  for (const [name, write, hex] of golden) {
    it(`writes ${name} as ${hex}`, () => assert.equal(written(write).toString('hex'), hex))
  }

  it('reads back every number it writes', () => {
    const int64 = fc.maxSafeInteger()
    fc.assert(
      fc.property(fc.integer(), int64, fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (small, large, delta) => {
        const reader = new ByteReader(
          written((writer) => {
            writer.int32(small)
            writer.varint(small)
            writer.unsignedVarint(small >>> 0)
            writer.int64(large)
            writer.varlong(delta)
            writer.varlong(small)
          }),
        )
        assert.deepEqual(
          [
            reader.int32(),
            reader.varint(),
            reader.unsignedVarint(),
            reader.int64(),
            reader.varlong(),
            reader.varlong(),
          ],
          [small, small, small >>> 0, large, delta, small],
        )
        assert.equal(reader.remaining, 0)
      }),
    )
  })

  it('reads back texts, bytes and tagged fields', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.option(fc.uint8Array()), (text, bytes) => {
        const reader = new ByteReader(
          written((writer) => {
            writer.compactString(text)
            writer.compactBytes(bytes)
            writer.unsignedVarint(1)
            writer.unsignedVarint(7)
            writer.unsignedVarint(4)
            writer.int32(9)
          }),
        )
        assert.equal(reader.compactString(), text)
        assert.deepEqual(reader.compactBytes(), bytes === null ? null : Buffer.from(bytes))
        const tags: number[] = []
        reader.taggedFields((tag, field) => tags.push(tag, field.int32()))
        assert.deepEqual(tags, [7, 9])
      }),
    )
  })

  it('hangs a foreign buffer in without copying it, and patches the length in front', () => {
    const foreign = Buffer.from('records')
    const writer = new ByteWriter(4)
    writer.int32(0)
    writer.splice(foreign)
    writer.int8(1)
    writer.patchInt32(0, writer.length - 4)
    const pieces = writer.pieces()
    assert.equal(pieces[1], foreign)
    assert.equal(Buffer.concat(pieces).toString('latin1'), '\0\0\0\brecords\u0001')
  })
})

describe('bytes that lie', () => {
  it('refuses a read past the end', () => {
    assert.throws(() => new ByteReader(Buffer.alloc(3)).int32(), MalformedBytes)
  })

  it('refuses a count that the bytes cannot hold, before it makes room for it', () => {
    const reader = new ByteReader(Buffer.from('ffffffff0f', 'hex'))
    assert.throws(() => reader.compactArray(() => reader.int8()), MalformedBytes)
  })

  it('refuses a varint without an end', () => {
    const endless = Buffer.alloc(20, 0xff)
    assert.throws(() => new ByteReader(endless).unsignedVarint(), MalformedBytes)
    assert.throws(() => new ByteReader(endless).varlong(), MalformedBytes)
  })
})
