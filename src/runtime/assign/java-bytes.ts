/** Writes as Java's `DataOutputStream` does: big-endian, lengths before contents. */
export class JavaWriter {
  readonly #parts: Buffer[] = []

  int8(value: number): this {
    return this.#fixed(1, (bytes) => bytes.writeInt8(value))
  }

  int16(value: number): this {
    return this.#fixed(2, (bytes) => bytes.writeInt16BE(value))
  }

  int32(value: number): this {
    return this.#fixed(4, (bytes) => bytes.writeInt32BE(value))
  }

  int64(value: bigint): this {
    return this.#fixed(8, (bytes) => bytes.writeBigInt64BE(value))
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes))
    return this
  }

  /** An int32 length, then the bytes. */
  bytes(bytes: Uint8Array): this {
    return this.int32(bytes.length).raw(bytes)
  }

  /** A uint16 length, then UTF-8: `writeUTF`, for text without NUL and beyond-BMP characters, as names of topics are. */
  utf(text: string): this {
    const bytes = Buffer.from(text, 'utf8')
    return this.#fixed(2, (length) => length.writeUInt16BE(bytes.length)).raw(bytes)
  }

  end(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #fixed(size: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(size)
    write(bytes)
    this.#parts.push(bytes)
    return this
  }
}

/** Reads what a `JavaWriter`, or Java, wrote; a RangeError where the bytes end early. */
export class JavaReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  int8(): number {
    return this.#bytes.readInt8(this.#step(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#step(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#step(4))
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#step(8))
  }

  raw(length: number): Buffer {
    const from = this.#step(length)
    return this.#bytes.subarray(from, from + length)
  }

  bytes(): Buffer {
    return this.raw(this.int32())
  }

  utf(): string {
    return this.raw(this.#bytes.readUInt16BE(this.#step(2))).toString('utf8')
  }

  list<T>(read: (reader: this) => T): T[] {
    return Array.from({ length: this.int32() }, () => read(this))
  }

  #step(length: number): number {
    const from = this.#at
    if (length < 0 || from + length > this.#bytes.length)
      throw new RangeError(`${length} bytes past the end at ${from}`)
    this.#at = from + length
    return from
  }
}
