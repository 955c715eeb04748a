/**
 * Writes Kafka's primitive types into one buffer that grows. `splice` hangs a
 * foreign buffer in without copying it, so record batches go from where they
 * were built to the socket.
 */
export class ByteWriter {
  #bytes: Buffer
  #at = 0
  /** Where the bytes since the last splice begin. */
  #from = 0
  readonly #done: Buffer[] = []
  #doneBytes = 0

  constructor(sizeBytes = 512) {
    this.#bytes = Buffer.allocUnsafe(sizeBytes)
  }

  /** Bytes written since the beginning, spliced ones included. */
  get length(): number {
    return this.#doneBytes + this.#at - this.#from
  }

  int8(value: number): void {
    this.reserve(1)
    this.#at = this.#bytes.writeInt8(value, this.#at)
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  int16(value: number): void {
    this.reserve(2)
    this.#at = this.#bytes.writeInt16BE(value, this.#at)
  }

  int32(value: number): void {
    this.reserve(4)
    this.#at = this.#bytes.writeInt32BE(value, this.#at)
  }

  int64(value: number): void {
    this.reserve(8)
    this.#at = writeInt64(this.#bytes, value, this.#at)
  }

  unsignedVarint(value: number): void {
    this.reserve(5)
    this.#at = writeUnsignedVarint(this.#bytes, value, this.#at)
  }

  /** Signed, zigzag, 32 bits. */
  varint(value: number): void {
    this.unsignedVarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** Signed, zigzag, 64 bits; exact below 2^53. */
  varlong(value: number): void {
    this.reserve(10)
    this.#at = writeVarlong(this.#bytes, value, this.#at)
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length)
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  compactBytes(value: Uint8Array | null): void {
    this.unsignedVarint(value === null ? 0 : value.length + 1)
    if (value !== null) this.bytes(value)
  }

  compactString(value: string | null): void {
    if (value === null) {
      this.unsignedVarint(0)
      return
    }
    const length = Buffer.byteLength(value)
    this.unsignedVarint(length + 1)
    this.text(value, length)
  }

  /** The old string with a 16-bit length: only the request header still has it. */
  string(value: string): void {
    const length = Buffer.byteLength(value)
    this.int16(length)
    this.text(value, length)
  }

  text(value: string, byteLength: number): void {
    this.reserve(byteLength)
    this.#at += this.#bytes.write(value, this.#at)
  }

  compactArray<Item>(items: readonly Item[], writeItem: (item: Item) => void): void {
    this.unsignedVarint(items.length + 1)
    for (const item of items) writeItem(item)
  }

  nullArray(): void {
    this.unsignedVarint(0)
  }

  noTaggedFields(): void {
    this.unsignedVarint(0)
  }

  /** Takes `value` as it is; it must not change until the bytes are on the socket. */
  splice(value: Buffer): void {
    this.#close()
    this.#done.push(value)
    this.#doneBytes += value.length
  }

  /** Overwrites four bytes of what was written before the first splice. */
  patchInt32(at: number, value: number): void {
    const first = this.#done[0] ?? this.#bytes
    first.writeInt32BE(value, at)
  }

  /** What was written, as pieces in order. The writer is at its end. */
  pieces(): readonly Buffer[] {
    this.#close()
    return this.#done
  }

  reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return
    const open = this.#bytes.subarray(this.#from, this.#at)
    const larger = Buffer.allocUnsafe(Math.max(open.length + count, 2 * this.#bytes.length))
    larger.set(open)
    this.#bytes = larger
    this.#at = open.length
    this.#from = 0
  }

  #close(): void {
    if (this.#at === this.#from) return
    const piece = this.#bytes.subarray(this.#from, this.#at)
    this.#done.push(piece)
    this.#doneBytes += piece.length
    this.#from = this.#at
  }
}

/** Writes at `at` and answers where the next byte goes, as Node's own writers do. */
export function writeInt64(bytes: Buffer, value: number, at: number): number {
  bytes.writeInt32BE(Math.floor(value / 2 ** 32), at)
  return bytes.writeUInt32BE(value >>> 0, at + 4)
}

export function writeUnsignedVarint(bytes: Buffer, value: number, at: number): number {
  let rest = value >>> 0
  let next = at
  while (rest > 0x7f) {
    bytes[next++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[next++] = rest
  return next
}

export function writeVarlong(bytes: Buffer, value: number, at: number): number {
  if (value >= -0x40000000 && value < 0x40000000) {
    return writeUnsignedVarint(bytes, ((value << 1) ^ (value >> 31)) >>> 0, at)
  }
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let next = at
  while (rest > 0x7f) {
    bytes[next++] = (rest % 128) | 0x80
    rest = Math.floor(rest / 128)
  }
  bytes[next++] = rest
  return next
}
