import { crc32c } from '@node-rs/crc32'
import type { OutgoingRecord, RecordHeader } from '../../record.ts'
import { writeInt64, writeUnsignedVarint, writeVarlong } from '../bytes/byte-writer.ts'
import { codecNumber } from './codec.ts'
import type { Codecs, Compression } from './codec.ts'
import { attribute, layout, magicTwo } from './layout.ts'

/** The fields of a record to be written; where it goes was decided before. */
export type WritableRecord = Pick<OutgoingRecord, 'timestamp' | 'key' | 'value' | 'headers'>

/** Who wrote a batch, and which of the producer's batches for that partition it is. */
export interface BatchOrigin {
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly transactional: boolean
}

/** Longest that length, deltas, lengths and header count of one record can get. */
const overheadBytes = 5 + 1 + 10 + 5 + 5 + 5 + 5
/** What they take most often, the length itself aside. */
const likelyOverheadBytes = 8

/**
 * One record batch under construction, in the bytes it is sent as. Records are
 * copied in when they are appended, so a view of a fetched batch may be handed over.
 */
export class BatchWriter {
  readonly #allocate: (sizeBytes: number) => Buffer
  #bytes: Buffer
  #at: number = layout.records
  #count = 0
  #baseTimestamp = 0
  #maxTimestamp = 0

  constructor(sizeBytes: number, allocate: (sizeBytes: number) => Buffer = (size) => Buffer.allocUnsafeSlow(size)) {
    this.#allocate = allocate
    this.#bytes = allocate(Math.max(sizeBytes, layout.records))
  }

  get count(): number {
    return this.#count
  }

  /** Bytes so far, header included. */
  get sizeBytes(): number {
    return this.#at
  }

  /** What the batch is built in; the finished batch is a view of it, unless it was packed. */
  get memory(): Buffer {
    return this.#bytes
  }

  append(record: WritableRecord): void {
    const { key, value, headers, timestamp } = record
    if (this.#count === 0) {
      this.#baseTimestamp = timestamp
      this.#maxTimestamp = timestamp
    } else if (timestamp > this.#maxTimestamp) {
      this.#maxTimestamp = timestamp
    }
    this.#reserve(largestSize(record))
    const bytes = this.#bytes
    // the length comes first and is known last: room is left for a likely one, and the body moves if it differs
    const start = this.#at
    const body = start + lengthOfLength((key?.length ?? 0) + (value?.length ?? 0) + likelyOverheadBytes)
    let at = body
    bytes[at++] = 0 // attributes
    at = writeVarlong(bytes, timestamp - this.#baseTimestamp, at)
    at = writeUnsignedVarint(bytes, this.#count << 1, at)
    at = writeField(bytes, key, at)
    at = writeField(bytes, value, at)
    if (headers.length === 0) bytes[at++] = 0
    else at = writeHeaders(bytes, headers, at)
    this.#at = writeLength(bytes, start, body, at)
    this.#count++
  }

  /** Ends the batch: packs the records and writes every field of the header but its origin. */
  finish(compression: Compression, codecs: Codecs): Buffer {
    const records = this.#bytes.subarray(layout.records, this.#at)
    const packed = compression === 'none' ? null : codecs.compress(compression, records)
    const batch =
      packed === null
        ? this.#bytes.subarray(0, this.#at)
        : Buffer.concat([this.#bytes.subarray(0, layout.records), packed])
    writeInt64(batch, 0, layout.baseOffset)
    batch.writeInt32BE(batch.length - layout.leaderEpoch, layout.batchLength)
    batch.writeInt32BE(-1, layout.leaderEpoch)
    batch.writeInt8(magicTwo, layout.magic)
    batch.writeInt16BE(codecNumber(compression), layout.attributes)
    batch.writeInt32BE(this.#count - 1, layout.lastOffsetDelta)
    writeInt64(batch, this.#baseTimestamp, layout.baseTimestamp)
    writeInt64(batch, this.#maxTimestamp, layout.maxTimestamp)
    batch.writeInt32BE(this.#count, layout.recordCount)
    return batch
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return
    const larger = this.#allocate(Math.max(this.#at + count, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

/** Writes who sent a finished batch, and the checksum over it. May be done again, for another origin. */
export function stampOrigin(batch: Buffer, origin: BatchOrigin): void {
  const plain = batch.readInt16BE(layout.attributes) & ~attribute.transactional
  batch.writeInt16BE(origin.transactional ? plain | attribute.transactional : plain, layout.attributes)
  writeInt64(batch, origin.producerId, layout.producerId)
  batch.writeInt16BE(origin.producerEpoch, layout.producerEpoch)
  batch.writeInt32BE(origin.baseSequence, layout.baseSequence)
  batch.writeUInt32BE(crc32c(batch.subarray(layout.attributes)), layout.crc)
}

/** An upper bound of what a record takes in a batch, without looking at its text twice. */
export function largestSize({ key, value, headers }: WritableRecord): number {
  let size = overheadBytes + (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) size += 10 + header.key.length * 3 + (header.value?.length ?? 0)
  return size
}

function writeField(bytes: Buffer, field: Uint8Array | null, at: number): number {
  if (field === null) {
    bytes[at] = 1 // -1 in zigzag
    return at + 1
  }
  const { length } = field
  const start = writeUnsignedVarint(bytes, length << 1, at)
  copyInto(bytes, field, start)
  return start + length
}

/** Up to some tens of bytes a loop is faster than the call into the engine. */
function copyInto(bytes: Buffer, field: Uint8Array, at: number): void {
  const { length } = field
  if (length > 48) {
    bytes.set(field, at)
    return
  }
  for (let index = 0; index < length; index++) bytes[at + index] = field[index] ?? 0
}

function writeHeaders(bytes: Buffer, headers: readonly RecordHeader[], at: number): number {
  let next = writeUnsignedVarint(bytes, headers.length << 1, at)
  for (const { key, value } of headers) {
    next = writeUnsignedVarint(bytes, Buffer.byteLength(key) << 1, next)
    next += bytes.write(key, next)
    next = writeField(bytes, value, next)
  }
  return next
}

/** Writes the length of the body at `start`; answers where the body ends, moved if the length takes another room. */
function writeLength(bytes: Buffer, start: number, body: number, end: number): number {
  const length = end - body
  const moved = start + lengthOfLength(length)
  if (moved !== body) bytes.copyWithin(moved, body, end)
  writeUnsignedVarint(bytes, length << 1, start)
  return moved + length
}

/** How many bytes a varint of a record's length takes. */
function lengthOfLength(length: number): number {
  if (length < 64) return 1
  if (length < 8192) return 2
  return length < 1_048_576 ? 3 : length < 134_217_728 ? 4 : 5
}
