import type { RecordBatch, RecordPlace } from '../../kafka/record.ts'
import { locate, newPlace } from './record-place.ts'

/** Bits of a sort word that number the record. Above them are five bytes of its key. */
const indexBits = 24
const mostRecords = 2 ** indexBits

/**
 * The records of a batch in the order of their keys, as far as the five bytes tell that follow those which all keys have
 * in common; records of one key in the order of their offsets. A tree takes keys faster in its own order, the more so
 * the larger it is, and whether the order is exact makes no difference to what it holds. Undefined where the records
 * lie in that order already.
 */
export function orderOfKeys(batch: RecordBatch): Uint32Array | undefined {
  const { length } = batch
  if (length > mostRecords) return undefined
  const common = commonBytes(batch)
  // sorted as whole words, which takes no call per comparison; written by halves, the lower one first
  const words = new BigUint64Array(length)
  const halves = new Uint32Array(words.buffer)
  const place = newPlace()
  let isInOrder = true
  for (let index = 0; index < length; index++) {
    locate(batch, index, place)
    const high = fourBytes(place, common)
    if (index > 0 && high < (halves[2 * index - 1] ?? 0)) isInOrder = false
    halves[2 * index + 1] = high
    halves[2 * index] = byteAt(place, common + 4) * mostRecords + index
  }
  if (isInOrder) return undefined
  words.sort()
  const order = new Uint32Array(length)
  for (let at = 0; at < length; at++) order[at] = (halves[2 * at] ?? 0) % mostRecords
  return order
}

/** How many bytes each key begins with that all have. */
function commonBytes(batch: RecordBatch): number {
  const [first, place] = [newPlace(), newPlace()]
  if (batch.length > 0) locate(batch, 0, first)
  let common = Math.max(0, first.keyLength)
  for (let index = 1; index < batch.length && common > 0; index++) {
    locate(batch, index, place)
    let at = 0
    while (at < common && at < place.keyLength && byteAt(place, at) === byteAt(first, at)) at++
    common = at
  }
  return common
}

const fourBytes = (place: RecordPlace, at: number): number =>
  byteAt(place, at) * 2 ** 24 + byteAt(place, at + 1) * 2 ** 16 + byteAt(place, at + 2) * 2 ** 8 + byteAt(place, at + 3)

const byteAt = ({ keyBytes, keyAt, keyLength }: RecordPlace, at: number): number =>
  at < keyLength ? (keyBytes[keyAt + at] ?? 0) : 0
