import { viewOf } from '../serde/serdes.ts'

/** What precedes every value: a zero, and the schema's id in four bytes (Confluent's wire format, version 0). */
const magic = 0
const headBytes = 5

export interface Framed {
  readonly id: number
  readonly body: Buffer
}

export function frame(id: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.allocUnsafe(headBytes)
  head.writeInt8(magic, 0)
  head.writeInt32BE(id, 1)
  return Buffer.concat([head, ...parts])
}

export function unframe(bytes: Uint8Array): Framed {
  const view = viewOf(bytes)
  if (view.length < headBytes || view[0] !== magic)
    throw new RangeError(
      'these bytes were not written with a schema registry: they do not begin with a zero and the id of a schema',
    )
  return { id: view.readInt32BE(1), body: view.subarray(headBytes) }
}

/**
 * Where a Protobuf message stands in its file: the index of the outermost message, of the one within, and so on, each
 * a zigzag varint, behind how many there are. The first message of the file, which most are, is a single zero.
 */
export function encodeMessageIndexes(indexes: readonly number[]): Uint8Array {
  if (indexes.length === 1 && indexes[0] === 0) return Uint8Array.of(0)
  return Uint8Array.from([indexes.length, ...indexes].flatMap(zigzag))
}

export function decodeMessageIndexes(body: Buffer): { readonly indexes: readonly number[]; readonly message: Buffer } {
  const reader = new VarintReader(body)
  const count = reader.next()
  const indexes = count === 0 ? [0] : Array.from({ length: count }, () => reader.next())
  return { indexes, message: body.subarray(reader.at) }
}

function zigzag(value: number): number[] {
  const bytes: number[] = []
  let left = value * 2
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80)
  return [...bytes, left]
}

class VarintReader {
  at = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  next(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.at++]
      if (byte === undefined || factor > 2 ** 28) throw new RangeError('the message indexes are cut short')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) break
    }
    if (value % 2 === 1) throw new RangeError('a message index is negative')
    return value / 2
  }
}
