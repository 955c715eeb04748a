/** Memory comes in steps of this size, so that a frame finds some of an earlier one that was not quite as large. */
const stepBytes = 256 * 1024
/** Frames below are left to the garbage collector, which is good at small things. */
const smallBytes = 64 * 1024
/** One on its way, one that waits for a poll, one that is worked on, and one to spare. */
const mostFree = 4

/**
 * Memory of fetched frames, used again when every partition's records in it were worked on: left to the garbage
 * collector, frames that nobody reads would come to a multiple of those that somebody does. A frame whose readers do not
 * all say that they are done is garbage like anything else.
 */
export class FrameMemory {
  readonly #free: Buffer[] = []
  readonly #readers = new WeakMap<ArrayBufferLike, number>()

  /** With whatever was in it. */
  take(lengthBytes: number): Buffer {
    if (lengthBytes < smallBytes) return Buffer.allocUnsafeSlow(lengthBytes)
    const at = this.#free.findIndex((memory) => memory.length >= lengthBytes)
    const [found] = at < 0 ? [] : this.#free.splice(at, 1)
    const memory = found ?? Buffer.allocUnsafeSlow(Math.ceil(lengthBytes / stepBytes) * stepBytes)
    return memory.subarray(0, lengthBytes)
  }

  /** Somebody reads `bytes`, which lie in a frame, until `release`. */
  hold({ buffer }: Buffer): void {
    this.#readers.set(buffer, (this.#readers.get(buffer) ?? 0) + 1)
  }

  /** Once for each `hold`. After the last one the frame is written over. */
  release({ buffer }: Buffer): void {
    const readers = (this.#readers.get(buffer) ?? 0) - 1
    this.#readers.set(buffer, readers)
    if (readers === 0 && buffer.byteLength >= smallBytes) this.#keep(Buffer.from(buffer))
  }

  /** The smallest first, which is the one to go. */
  #keep(memory: Buffer): void {
    this.#free.push(memory)
    this.#free.sort((one, other) => one.length - other.length)
    if (this.#free.length > mostFree) this.#free.shift()
  }
}
