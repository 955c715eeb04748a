import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32c } from '@node-rs/crc32'
import * as fc from 'fast-check'
import type { Compression } from '../../../src/kafka/wire/batch/codec.ts'
import { attribute, layout } from '../../../src/kafka/wire/batch/layout.ts'
import { scanBatches } from '../../../src/kafka/wire/batch/read-batches.ts'
import { MalformedBytes } from '../../../src/kafka/wire/bytes/byte-reader.ts'
import { batchBytes, outgoing, readPlain } from '../../support/wire-records.ts'
import type { PlainRecord } from '../../support/wire-records.ts'

const compressions: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

const someText = fc.oneof(fc.string(), fc.string({ minLength: 40, maxLength: 90 }), fc.constant('x'.repeat(9000)))
const someRecord = fc.record({
  timestamp: fc.integer({ min: 0, max: 2 ** 42 }),
  key: fc.option(someText),
  value: fc.option(someText),
  headers: fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.option(someText)), { maxLength: 3 }),
})
const someRecords = fc.array(someRecord, { minLength: 1, maxLength: 20 })

describe('a record batch', () => {
  for (const compression of compressions) {
    it(`is read as it was written (${compression})`, async () => {
      await fc.assert(
        fc.asyncProperty(someRecords, async (records) => {
          const bytes = await batchBytes(records.map(outgoing), { compression, baseOffset: 40 })
          const expected = records.map((record, index): PlainRecord => ({ ...record, offset: 40 + index }))
          assert.deepEqual(await readPlain(bytes), expected)
        }),
        { numRuns: 30 },
      )
    })
  }

  it('has the bytes that Apache Kafka 4.3.1 writes', async () => {
    const records = [
      outgoing({ timestamp: 1_700_000_000_000, key: 'a', value: 'one', headers: [['h', 'x']] }),
      outgoing({ timestamp: 1_700_000_000_005, key: null, value: '' }),
    ]
    const bytes = await batchBytes(records, { producerId: 7, producerEpoch: 1, baseSequence: 3 })
    // from MemoryRecords.builder of kafka-clients 4.3.1 with the same arguments
    const theirs =
      '000000000000000000000047ffffffff02d2a78a900000000000010000018bcfe56800' +
      '0000018bcfe568050000000000000007000100000003000000021c0000000261066f6e6502026802780c000a02010000'
    assert.equal(bytes.toString('hex'), theirs)
  })

  it('leaves out what lies before the offset asked for', async () => {
    const bytes = await batchBytes([outgoing({ key: 'a' }), outgoing({ key: 'b' }), outgoing({ key: 'c' })], {
      baseOffset: 10,
    })
    assert.deepEqual(
      (await readPlain(bytes, { fromOffset: 11 })).map(({ key }) => key),
      ['b', 'c'],
    )
  })

  it('that is cut off is left for the next fetch', async () => {
    const first = await batchBytes([outgoing()], { baseOffset: 5 })
    const second = await batchBytes([outgoing()], { baseOffset: 6 })
    for (let cut = 0; cut < second.length; cut++) {
      const scan = scanBatches(Buffer.concat([first, second.subarray(0, cut)]), 5)
      assert.equal(scan.nextOffset, 6)
    }
  })

  it('takes the time of the broker where the topic says so', async () => {
    const bytes = await batchBytes([outgoing({ timestamp: 5 })])
    bytes.writeInt16BE(attribute.logAppendTime, layout.attributes)
    bytes.writeInt32BE(0, layout.maxTimestamp)
    bytes.writeInt32BE(77, layout.maxTimestamp + 4)
    const [record] = await readPlain(sealed(bytes))
    assert.equal(record?.timestamp, 77)
  })
})

describe('a reader of committed records', () => {
  const transactional = { transactional: true, producerEpoch: 0, baseSequence: 0 }

  it('does not see what a producer took back, up to its marker', async () => {
    const bytes = Buffer.concat([
      await batchBytes([outgoing({ key: 'lost' })], { ...transactional, producerId: 1, baseOffset: 0 }),
      await batchBytes([outgoing({ key: 'kept, other producer' })], { ...transactional, producerId: 2, baseOffset: 1 }),
      await batchBytes([outgoing({ key: 'kept, no transaction' })], { baseOffset: 2 }),
      await marker(1, 3),
      await batchBytes([outgoing({ key: 'kept, next transaction' })], {
        ...transactional,
        producerId: 1,
        baseOffset: 4,
      }),
    ])
    const records = await readPlain(bytes, { aborted: [{ producerId: 1, firstOffset: 0 }] })
    assert.deepEqual(
      records.map(({ key }) => key),
      ['kept, other producer', 'kept, no transaction', 'kept, next transaction'],
    )
  })

  it('sees neither markers nor, reading everything, misses what was taken back', async () => {
    const lost = await batchBytes([outgoing({ key: 'lost' })], { ...transactional, producerId: 1, baseOffset: 0 })
    const records = await readPlain(Buffer.concat([lost, await marker(1, 1)]))
    assert.deepEqual(
      records.map(({ key }) => key),
      ['lost'],
    )
  })
})

describe('bytes that are no batch', () => {
  it('a flipped bit anywhere under the checksum is found', async () => {
    const bytes = await batchBytes([outgoing({ value: 'some value' })])
    for (let at = layout.attributes; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(at) ^ 0x10, at)
      await assert.rejects(readPlain(flipped), MalformedBytes)
    }
  })

  it('with a checksum that fits still only ever end in a message', async () => {
    const originals = await Promise.all(
      compressions.map((compression) => batchBytes([outgoing(), outgoing()], { compression })),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals),
        fc.array(fc.tuple(fc.nat({ max: 90 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
        async (original, changes) => {
          const bytes = Buffer.from(original)
          for (const [at, value] of changes)
            bytes.writeUInt8(value, layout.attributes + (at % (bytes.length - layout.attributes)))
          await onlyMalformed(readPlain(sealed(bytes)))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('at random end in a message, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) =>
        onlyMalformed(readPlain(Buffer.from(bytes))),
      ),
    )
  })

  it('of the old message formats are refused by name', async () => {
    const bytes = await batchBytes([outgoing()])
    bytes.writeInt8(1, layout.magic)
    await assert.rejects(readPlain(bytes), /message format 1/)
  })
})

async function marker(producerId: number, baseOffset: number): Promise<Buffer> {
  const abort = outgoing({ key: '\0\0\0\0', value: '\0\0\0\0\0\0' })
  const bytes = await batchBytes([abort], { producerId, producerEpoch: 0, transactional: true, baseOffset })
  bytes.writeInt16BE(attribute.transactional | attribute.control, layout.attributes)
  return sealed(bytes)
}

/** Computes the checksum anew, with everything else as it stands. */
function sealed(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes.subarray(layout.attributes)), layout.crc)
  return bytes
}

async function onlyMalformed(reading: Promise<unknown>): Promise<void> {
  await reading.catch((error: unknown) => assert.ok(error instanceof MalformedBytes, String(error)))
}
