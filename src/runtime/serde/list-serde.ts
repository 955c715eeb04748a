import type { Serde } from './serde.ts'
import { viewOf } from './serdes.ts'

const sameSize = 0
const anySize = 1
const nullEntry = -1

/**
 * Kafka's `ListSerde`. Entries may be null. Bytes: `1 ‖ int32 count ‖ (int32 length ‖ entry)…`
 * with the length -1 for null; for entries that are all of one size
 * `0 ‖ int32 nulls ‖ int32 place… ‖ int32 count ‖ entry…`. Source: `ListSerializer`, 4.3.1.
 */
export function list<T>(entry: Serde<T>): Serde<readonly (T | null)[]> {
  return {
    serialize: (values) => (entry.sizeBytes === undefined ? writeAny(entry, values) : writeSame(entry, values)),
    deserialize: (bytes) => {
      const reader = new Reader(bytes)
      const kind = reader.byte()
      if (kind === anySize) return readAny(entry, reader)
      if (kind !== sameSize) throw new RangeError(`a list begins with 0 or 1, not ${kind}`)
      if (entry.sizeBytes === undefined) {
        throw new TypeError('a list of entries of one size: give list() the serde that they were written with')
      }
      return readSame(entry, entry.sizeBytes, reader)
    },
  }
}

function writeAny<T>(entry: Serde<T>, values: readonly (T | null)[]): Uint8Array {
  const parts = values.flatMap((value) => {
    if (value === null) return [int32(nullEntry)]
    const bytes = entry.serialize(value)
    return [int32(bytes.length), bytes]
  })
  return Buffer.concat([Buffer.of(anySize), int32(values.length), ...parts])
}

function writeSame<T>(entry: Serde<T>, values: readonly (T | null)[]): Uint8Array {
  const nulls = values.flatMap((value, at) => (value === null ? [at] : []))
  const entries = values.flatMap((value) => (value === null ? [] : [entry.serialize(value)]))
  const head = [Buffer.of(sameSize), int32(nulls.length), ...nulls.map(int32), int32(values.length)]
  return Buffer.concat([...head, ...entries])
}

function readAny<T>(entry: Serde<T>, reader: Reader): (T | null)[] {
  return Array.from({ length: reader.count() }, () => {
    const length = reader.int32()
    return length === nullEntry ? null : entry.deserialize(reader.bytes(length))
  })
}

function readSame<T>(entry: Serde<T>, sizeBytes: number, reader: Reader): (T | null)[] {
  const nulls = new Set(Array.from({ length: reader.count() }, () => reader.int32()))
  return Array.from({ length: reader.count() }, (_, at) =>
    nulls.has(at) ? null : entry.deserialize(reader.bytes(sizeBytes)),
  )
}

/** Reads on; throws a RangeError where the bytes end too soon. */
class Reader {
  readonly #view: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#view = viewOf(bytes)
  }

  byte(): number {
    return this.#view.readInt8(this.#at++)
  }

  int32(): number {
    this.#at += 4
    return this.#view.readInt32BE(this.#at - 4)
  }

  /** No list has more entries than bytes. */
  count(): number {
    const count = this.int32()
    if (count < 0 || count > this.#view.length)
      throw new RangeError(`a list of ${count} entries in ${this.#view.length} bytes`)
    return count
  }

  bytes(length: number): Buffer {
    const end = this.#at + length
    if (length < 0 || end > this.#view.length) throw new RangeError('a list that ends within an entry')
    this.#at = end
    return this.#view.subarray(end - length, end)
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}
