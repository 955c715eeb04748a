import type { RecordBatch } from '../../src/kafka/record.ts'
import type { StoreEngine } from '../../src/runtime/store/engine.ts'
import { restoredPieces } from '../../src/runtime/store/restored-entries.ts'
import type { StoreFormat } from '../../src/runtime/store/store-format.ts'
import { textBatch, type Row } from './task-world.ts'

/** Records of each of its batches, in some pieces. */
export const batchRecords = 6_000
const pieceRecords = 2_048
/** More than a batch has records: none comes twice in one. */
const keys = 8_000
/** Has no divisor that the number of keys has. */
const stride = 7_919

const format: StoreFormat = { isTimestamped: false, toLog: (key) => key, fromLog: (key) => key }

/** A changelog without an end, its keys in no order and each there again and again. Values name their offset. */
export function shuffledBatch(number: number): RecordBatch {
  const first = number * batchRecords
  const row = (nth: number): Row => [keyAt(first + nth), valueAt(first + nth), 0]
  return textBatch(
    'changelog',
    Array.from({ length: batchRecords }, (_, nth) => row(nth)),
    first,
  )
}

/** `wrote` is told after each entry and after each piece. */
export function restoreShuffled(engine: StoreEngine, number: number, wrote: () => void = () => {}): void {
  for (const { entries, offset } of restoredPieces(shuffledBatch(number), format, pieceRecords)) {
    engine.write(telling(entries, wrote), offset)
    wrote()
  }
}

function* telling<Entry>(entries: Iterable<Entry>, wrote: () => void): Generator<Entry> {
  for (const entry of entries) {
    yield entry
    wrote()
  }
}

/** What a store holds that has all records before an offset: values by key. */
export function shuffledUpTo(offset: number): ReadonlyMap<string, string> {
  const first = Math.max(0, offset - keys)
  return new Map(Array.from({ length: offset - first }, (_, nth) => [keyAt(first + nth), valueAt(first + nth)]))
}

const keyAt = (offset: number): string => `key-${(offset * stride) % keys}`
/** Long enough that each batch changes most pages of the store. */
const valueAt = (offset: number): string => `${offset} `.padEnd(60, '.')
