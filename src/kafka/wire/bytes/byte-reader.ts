/** Bytes from outside that do not say what the protocol promises. Caught once, at the connection's door. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes'
}

/**
 * Reads Kafka's primitive types from one buffer, in order. Nothing is copied:
 * byte strings are views, so who keeps one longer than the response copies it.
 *
 * 64-bit numbers come back as numbers: exact below 2^53, rounded beyond it.
 * A read past the end throws `MalformedBytes`; no count is believed before
 * there are that many bytes.
 */
export class ByteReader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  get at(): number {
    return this.#at
  }

  get remaining(): number {
    return this.#bytes.length - this.#at
  }

  int8(): number {
    const at = this.#advance(1)
    return this.#bytes.readInt8(at)
  }

  boolean(): boolean {
    return this.int8() !== 0
  }

  int16(): number {
    const at = this.#advance(2)
    return this.#bytes.readInt16BE(at)
  }

  int32(): number {
    const at = this.#advance(4)
    return this.#bytes.readInt32BE(at)
  }

  uint32(): number {
    const at = this.#advance(4)
    return this.#bytes.readUInt32BE(at)
  }

  int64(): number {
    const at = this.#advance(8)
    return this.#bytes.readInt32BE(at) * 2 ** 32 + this.#bytes.readUInt32BE(at + 4)
  }

  /** At most five bytes, as in KIP-482. */
  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new MalformedBytes('a varint is longer than five bytes')
  }

  /** Signed, zigzag, 32 bits. */
  varint(): number {
    const raw = this.unsignedVarint()
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Signed, zigzag, 64 bits; at most ten bytes. */
  varlong(): number {
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte()
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return (low >>> 1) ^ -(low & 1)
    }
    return this.#longTail(low)
  }

  /** A view of the next `length` bytes. */
  bytes(length: number): Buffer {
    const at = this.#advance(length)
    return this.#bytes.subarray(at, at + length)
  }

  stepOver(length: number): void {
    this.#advance(length)
  }

  compactBytes(): Buffer | null {
    const length = this.unsignedVarint() - 1
    return length < 0 ? null : this.bytes(length)
  }

  compactString(): string {
    return this.compactNullableString() ?? ''
  }

  compactNullableString(): string | null {
    const length = this.unsignedVarint() - 1
    return length < 0 ? null : this.text(length)
  }

  text(length: number): string {
    const at = this.#advance(length)
    return this.#bytes.toString('utf8', at, at + length)
  }

  /** Every element takes a byte at least, so a count beyond what is left is refused before anything is allocated. */
  compactArray<Item>(readItem: () => Item): Item[] {
    const count = this.unsignedVarint() - 1
    if (count > this.remaining) throw new MalformedBytes(`an array of ${count} items in ${this.remaining} bytes`)
    const items: Item[] = []
    for (let index = 0; index < count; index++) items.push(readItem())
    return items
  }

  /** Tagged fields (KIP-482): `readField` gets a reader of that field alone; what it does not know it leaves. */
  taggedFields(readField?: (tag: number, field: ByteReader) => void): void {
    const count = this.unsignedVarint()
    if (count > this.remaining) throw new MalformedBytes(`${count} tagged fields in ${this.remaining} bytes`)
    for (let index = 0; index < count; index++) {
      const tag = this.unsignedVarint()
      const field = this.bytes(this.unsignedVarint())
      readField?.(tag, new ByteReader(field))
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new MalformedBytes('ends in the middle of a varint')
    this.#at++
    return byte
  }

  #longTail(low: number): number {
    let value = low
    for (let scale = 2 ** 28, count = 4; count < 10; count++, scale *= 128) {
      const byte = this.#byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return low % 2 === 0 ? value / 2 : -(value + 1) / 2
    }
    throw new MalformedBytes('a varlong is longer than ten bytes')
  }

  #advance(length: number): number {
    const at = this.#at
    if (length < 0 || length > this.#bytes.length - at) {
      throw new MalformedBytes(`${length} bytes asked at ${at} of ${this.#bytes.length}`)
    }
    this.#at = at + length
    return at
  }
}
