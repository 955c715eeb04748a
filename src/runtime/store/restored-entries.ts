import type { RecordBatch, RecordPlace } from '../../kafka/record.ts'
import { writeLong } from '../serde/serdes.ts'
import { orderOfKeys } from './order-of-keys.ts'
import { locate, newPlace } from './record-place.ts'
import type { StoreFormat } from './store-format.ts'

type Entry = readonly [key: Uint8Array, value: Uint8Array | null]

/** What is written in one transaction on the way through a batch, and how far the store then is in its changelog. */
export interface RestoredPiece {
  /** What an entry shows is good until the next is asked for. */
  readonly entries: Iterable<Entry>
  /** Everything before this offset is in the store, and, but for the last piece, some of what follows. */
  readonly offset: number
}

/**
 * So many records are written at once. A transaction copies each page of the store that it touches, and the old ones are
 * used again from the next but one on: where a batch of keys in no order went in one, the store took up half as much again.
 * Smaller pieces than this make the store smaller still, and the transactions themselves cost more than that is worth.
 */
const pieceRecords = 8_192

/**
 * What a batch of a changelog comes to in a store, in pieces in the order of their keys. A store that is left between two
 * of them stands at the batch's beginning, and what it has of it already is written over by the same.
 */
export function* restoredPieces(
  batch: RecordBatch,
  format: StoreFormat,
  mostRecords: number = pieceRecords,
): Generator<RestoredPiece> {
  const run = new RestoredRun(batch, format)
  for (let from = 0; from < batch.length; from += mostRecords) {
    const to = Math.min(from + mostRecords, batch.length)
    const offset = to < batch.length ? batch.offset(0) : batch.offset(to - 1) + 1
    yield { entries: new EntriesInPlace(run, from, to), offset }
  }
}

/** The records of a batch in the order in which they are written, and memory for one of them at a time. */
class RestoredRun {
  readonly batch: RecordBatch
  readonly format: StoreFormat
  readonly order: Uint32Array | undefined
  readonly keys = new Scratch()
  readonly values = new Scratch()

  constructor(batch: RecordBatch, format: StoreFormat) {
    this.batch = batch
    this.format = format
    this.order = format.isSegmented === true ? undefined : orderOfKeys(batch)
  }
}

/**
 * One entry after the other in the same piece of memory, told of by the same objects: millions of them are written on the
 * way to the end of a changelog, and what is made for each costs as much as writing it does.
 */
class EntriesInPlace implements IterableIterator<Entry> {
  readonly #run: RestoredRun
  #nth: number
  readonly #end: number
  readonly #place = newPlace()
  readonly #entry: [key: Uint8Array, value: Uint8Array | null] = [nothing, null]
  readonly #found: IteratorYieldResult<Entry> = { done: false, value: this.#entry }

  constructor(run: RestoredRun, from: number, to: number) {
    this.#run = run
    this.#nth = from
    this.#end = to
  }

  next(): IteratorResult<Entry> {
    while (this.#nth < this.#end) if (this.#read(this.#nth++)) return this.#found
    return { done: true, value: undefined }
  }

  [Symbol.iterator](): this {
    return this
  }

  /** False where the store keeps nothing of the record. */
  #read(nth: number): boolean {
    const { batch, format, order, keys, values } = this.#run
    const place = this.#place
    const at = order === undefined ? nth : (order[nth] ?? 0)
    locate(batch, at, place)
    if (place.keyLength < 0) return false
    const logged = keys.take(place.keyLength)
    copy(place.keyBytes, place.keyAt, logged, 0)
    const key = format.fromLog(logged)
    if (key === undefined) return false
    this.#entry[0] = key
    this.#entry[1] = valueOf(place, format.isTimestamped ? batch.timestamp(at) : undefined, values)
    return true
  }
}

const nothing = new Uint8Array()

function valueOf({ valueBytes, valueAt, valueLength }: RecordPlace, timestamp: number | undefined, values: Scratch) {
  if (valueLength < 0) return null
  const begin = timestamp === undefined ? 0 : 8
  const value = values.take(begin + valueLength)
  if (timestamp !== undefined) writeLong(value, 0, timestamp)
  copy(valueBytes, valueAt, value, begin)
  return value
}

/** Fills `target` from `begin` on, and makes no view of the source. Up to some tens of bytes a loop is faster than the call. */
function copy(source: Uint8Array, at: number, target: Buffer, begin: number): void {
  const length = target.length - begin
  if (length > 48) Buffer.prototype.copy.call(source, target, begin, at, at + length)
  else for (let index = 0; index < length; index++) target[begin + index] = source[at + index] ?? 0
}

const shortBytes = 1_024

/** A piece of memory, of any length, whose content is good until the next one is taken. */
class Scratch {
  #bytes = Buffer.allocUnsafeSlow(shortBytes)
  /** By length. */
  readonly #short: Buffer[] = []

  take(length: number): Buffer {
    if (length > shortBytes) return this.#long(length)
    return (this.#short[length] ??= this.#bytes.subarray(0, length))
  }

  #long(length: number): Buffer {
    if (length > this.#bytes.length) {
      this.#bytes = Buffer.allocUnsafeSlow(2 * length)
      this.#short.length = 0
    }
    return this.#bytes.subarray(0, length)
  }
}
