/** One field of a protobuf message, undecoded. Source: protobuf.dev, "Encoding". */
export interface WireField {
  readonly number: number
  /** A varint, or the bytes of what has a length. Fixed-width fields do not occur in what we read. */
  readonly value: bigint | Uint8Array
}

/** No message that we take has as many: see the same bound of JSON. */
const mostFields = 100_000

/** The fields of a message in the order they stand. Throws a `RangeError` where the bytes are none. */
export function readFields(bytes: Uint8Array): readonly WireField[] {
  const fields: WireField[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at]
      if (byte === undefined) break
      at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new RangeError('a varint does not end')
  }
  const skip = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('a field is longer than its message')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    if (fields.length >= mostFields) throw new RangeError(`a message has more than ${mostFields} fields`)
    const tag = Number(varint())
    const number = tag >>> 3
    switch (tag & 7) {
      case 0:
        fields.push({ number, value: varint() })
        break
      case 1:
        skip(8)
        break
      case 2:
        fields.push({ number, value: skip(Number(varint())) })
        break
      case 5:
        skip(4)
        break
      default:
        throw new RangeError(`there is no wire type ${tag & 7}`)
    }
  }
  return fields
}

/** A message being written, field by field. */
export class WireWriter {
  readonly #parts: Uint8Array[] = []

  bytes(number: number, value: Uint8Array): this {
    this.#parts.push(varintBytes((number << 3) | 2), varintBytes(value.length), value)
    return this
  }

  text(number: number, value: string): this {
    return this.bytes(number, Buffer.from(value))
  }

  flag(number: number, value: boolean): this {
    this.#parts.push(varintBytes(number << 3), Uint8Array.of(value ? 1 : 0))
    return this
  }

  message(number: number, value: WireWriter): this {
    return this.bytes(number, value.finish())
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts)
  }
}

function varintBytes(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return Uint8Array.from([...bytes, rest])
}
