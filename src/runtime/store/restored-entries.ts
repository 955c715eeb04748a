import type { RecordBatch, RecordPlace } from '../../kafka/record.ts'
import { writeLong } from '../serde/serdes.ts'
import { orderOfKeys } from './order-of-keys.ts'
import { locate, newPlace } from './record-place.ts'
import type { StoreFormat } from './store-format.ts'

type Entry = readonly [key: Uint8Array, value: Uint8Array | null]

/**
 * What a batch of a changelog comes to in a store. Keys and values are put together in two pieces of memory that every
 * entry uses again: millions of them are written on the way to the end of a changelog, and an object for each costs as
 * much as writing it does.
 */
export function* restoredEntries(batch: RecordBatch, format: StoreFormat): Generator<Entry> {
  const [keys, values] = [new Scratch(), new Scratch()]
  const place = newPlace()
  const order = format.isSegmented === true ? undefined : orderOfKeys(batch)
  for (let nth = 0; nth < batch.length; nth++) {
    const at = order?.[nth] ?? nth
    locate(batch, at, place)
    if (place.keyLength < 0) continue
    const logged = keys.take(place.keyLength)
    copy(place.keyBytes, place.keyAt, logged, 0)
    const key = format.fromLog(logged)
    if (key === undefined) continue
    yield [key, valueOf(place, format.isTimestamped ? batch.timestamp(at) : undefined, values)]
  }
}

function valueOf({ valueBytes, valueAt, valueLength }: RecordPlace, timestamp: number | undefined, values: Scratch) {
  if (valueLength < 0) return null
  const begin = timestamp === undefined ? 0 : 8
  const value = values.take(begin + valueLength)
  if (timestamp !== undefined) writeLong(value, 0, timestamp)
  copy(valueBytes, valueAt, value, begin)
  return value
}

/** Fills `target` from `begin` on. Up to some tens of bytes a loop is faster than the call into the engine. */
function copy(source: Uint8Array, at: number, target: Buffer, begin: number): void {
  const length = target.length - begin
  if (length > 48) target.set(source.subarray(at, at + length), begin)
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
