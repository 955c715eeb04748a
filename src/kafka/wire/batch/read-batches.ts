import { crc32c } from '@node-rs/crc32'
import type { AbortedTransaction } from '../api/fetch.ts'
import { MalformedBytes } from '../bytes/byte-reader.ts'
import type { SpareMemory } from '../bytes/spare-memory.ts'
import { compressionOf } from './codec.ts'
import type { Codecs, Compression } from './codec.ts'
import { attribute, layout, magicTwo, shortestRecordBytes } from './layout.ts'
import { RecordColumns } from './record-columns.ts'

/** What the headers of fetched batches say, before anything is unpacked. */
export interface BatchScan {
  readonly batches: readonly BatchPlace[]
  /** Where the next fetch goes on; the reader's own offset when there was no whole batch. */
  readonly nextOffset: number
  readonly compressions: ReadonlySet<Compression>
}

interface BatchPlace {
  readonly at: number
  readonly end: number
  readonly baseOffset: number
  readonly lastOffset: number
  readonly attributes: number
}

/** Walks the headers. What is cut off at the end is left for the next fetch; the broker sends the first batch whole. */
export function scanBatches(bytes: Buffer, fromOffset: number): BatchScan {
  const batches: BatchPlace[] = []
  const compressions = new Set<Compression>()
  let nextOffset = fromOffset
  let at = 0
  while (at + layout.records <= bytes.length) {
    const end = batchEnd(bytes, at)
    if (end > bytes.length) break
    const batch = readPlace(bytes, at, end)
    batches.push(batch)
    compressions.add(compressionOf(batch.attributes))
    nextOffset = Math.max(nextOffset, batch.lastOffset + 1)
    at = end
  }
  return { batches, nextOffset, compressions }
}

export interface BatchReading {
  readonly topic: string
  readonly partition: number
  readonly fromOffset: number
  /** null: everything is read; else what the broker says was taken back. */
  readonly aborted: readonly AbortedTransaction[] | null
  readonly codecs: Codecs
  /** Where the columns lie. */
  readonly spare?: SpareMemory
  /** Is told, once, that nobody reads the bytes any more. */
  readonly release?: () => void
}

/**
 * The records of scanned batches as columns: checksums verified, control batches
 * and aborted transactions left out. null when none are left: then they are released already.
 *
 * Throws `MalformedBytes` for a batch that is not what its header says.
 */
export function readBatches(bytes: Buffer, scan: BatchScan, reading: BatchReading): RecordColumns | null {
  const isAborted = abortedFilter(bytes, reading.aborted)
  const columns = new RecordColumns(reading, likelyRecords(bytes, scan))
  for (const place of scan.batches) {
    verifyChecksum(bytes, place)
    if (isAborted(place) || (place.attributes & attribute.control) !== 0) continue
    if (place.lastOffset >= reading.fromOffset) addBatch(columns, bytes, place, reading)
  }
  if (columns.length > 0) return columns
  columns.release()
  return null
}

/** What the headers claim, as far as the bytes could hold it. */
function likelyRecords(bytes: Buffer, { batches }: BatchScan): number {
  const claimed = batches.reduce((sum, { at }) => sum + Math.max(0, bytes.readInt32BE(at + layout.recordCount)), 0)
  return Math.min(claimed, Math.ceil(bytes.length / shortestRecordBytes))
}

function batchEnd(bytes: Buffer, at: number): number {
  const length = bytes.readInt32BE(at + layout.batchLength)
  if (length < layout.records - layout.leaderEpoch) throw new MalformedBytes(`a record batch of ${length} bytes`)
  return at + layout.leaderEpoch + length
}

function readPlace(bytes: Buffer, at: number, end: number): BatchPlace {
  const magic = bytes.readInt8(at + layout.magic)
  if (magic !== magicTwo) {
    throw new MalformedBytes(`records in message format ${magic}: only format 2 (Kafka 0.11 and later) is read`)
  }
  const baseOffset = readInt64(bytes, at + layout.baseOffset)
  const lastOffset = baseOffset + bytes.readInt32BE(at + layout.lastOffsetDelta)
  if (lastOffset < baseOffset) throw new MalformedBytes(`a record batch that ends before it begins`)
  return { at, end, baseOffset, lastOffset, attributes: bytes.readInt16BE(at + layout.attributes) }
}

function verifyChecksum(bytes: Buffer, { at, end, baseOffset }: BatchPlace): void {
  const computed = crc32c(bytes.subarray(at + layout.attributes, end))
  if (computed !== bytes.readUInt32BE(at + layout.crc)) {
    throw new MalformedBytes(`the checksum of the record batch at offset ${baseOffset} is wrong`)
  }
}

function addBatch(columns: RecordColumns, bytes: Buffer, place: BatchPlace, reading: BatchReading): void {
  const compression = compressionOf(place.attributes)
  const at = place.at + layout.records
  const packed = compression !== 'none'
  const source = packed ? reading.codecs.decompress(compression, bytes.subarray(at, place.end)) : bytes
  const stampedByBroker = (place.attributes & attribute.logAppendTime) !== 0
  columns.add({
    bytes: source,
    at: packed ? 0 : at,
    end: packed ? source.length : place.end,
    count: bytes.readInt32BE(place.at + layout.recordCount),
    baseOffset: place.baseOffset,
    baseTimestamp: readInt64(bytes, place.at + layout.baseTimestamp),
    appendTime: stampedByBroker ? readInt64(bytes, place.at + layout.maxTimestamp) : null,
    fromOffset: reading.fromOffset,
  })
}

/**
 * Answers, batch by batch in offset order, whether it belongs to a transaction
 * that was taken back: from the transaction's first offset to its abort marker.
 */
function abortedFilter(bytes: Buffer, aborted: readonly AbortedTransaction[] | null): (place: BatchPlace) => boolean {
  if (aborted === null || aborted.length === 0) return () => false
  const coming = aborted.toSorted((one, other) => one.firstOffset - other.firstOffset)
  const open = new Set<number>()
  return (place) => {
    while (coming[0] !== undefined && coming[0].firstOffset <= place.lastOffset) {
      open.add(coming[0].producerId)
      coming.shift()
    }
    if ((place.attributes & attribute.transactional) === 0) return false
    const producerId = readInt64(bytes, place.at + layout.producerId)
    if ((place.attributes & attribute.control) !== 0) {
      open.delete(producerId)
      return true
    }
    return open.has(producerId)
  }
}

function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)
}
