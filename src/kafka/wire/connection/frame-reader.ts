import { MalformedBytes } from '../bytes/byte-reader.ts'

const prefixBytes = 4

const ownBuffer = (lengthBytes: number): Buffer => Buffer.allocUnsafeSlow(lengthBytes)

/**
 * Cuts a stream of chunks into frames: a 32-bit length, then that many bytes.
 * Each frame is put together in a buffer of its own: chunks may be written over
 * once they have been pushed.
 */
export class FrameReader {
  readonly #maxFrameBytes: number
  readonly #allocate: (lengthBytes: number) => Buffer
  /** The start of a length that was cut off. */
  #prefix = Buffer.alloc(0)
  #frame: Buffer | null = null
  #filled = 0

  /** `allocate` makes a frame's buffer: of just so many bytes, with whatever is in it. */
  constructor(maxFrameBytes: number, allocate: (lengthBytes: number) => Buffer = ownBuffer) {
    this.#maxFrameBytes = maxFrameBytes
    this.#allocate = allocate
  }

  /** Calls `take` for each frame that `chunk` completes; throws `MalformedBytes` for a length no broker sends. */
  push(chunk: Buffer, take: (frame: Buffer) => void): void {
    let rest = chunk
    while (rest.length > 0) rest = this.#frame === null ? this.#begin(rest, take) : this.#fill(this.#frame, rest, take)
  }

  #begin(chunk: Buffer, take: (frame: Buffer) => void): Buffer {
    const bytes = this.#prefix.length === 0 ? chunk : Buffer.concat([this.#prefix, chunk])
    if (bytes.length < prefixBytes) {
      this.#prefix = Buffer.from(bytes)
      return bytes.subarray(bytes.length)
    }
    this.#prefix = Buffer.alloc(0)
    this.#frame = this.#allocate(this.#checked(bytes.readInt32BE(0)))
    this.#filled = 0
    return this.#fill(this.#frame, bytes.subarray(prefixBytes), take)
  }

  #fill(frame: Buffer, chunk: Buffer, take: (frame: Buffer) => void): Buffer {
    const copied = chunk.copy(frame, this.#filled)
    this.#filled += copied
    if (this.#filled === frame.length) {
      this.#frame = null
      take(frame)
    }
    return chunk.subarray(copied)
  }

  #checked(length: number): number {
    if (length >= 0 && length <= this.#maxFrameBytes) return length
    throw new MalformedBytes(`a response of ${length} bytes (the limit is ${this.#maxFrameBytes})`)
  }
}
