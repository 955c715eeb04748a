import { SpareMemory } from '../bytes/spare-memory.ts'

const stepBytes = 256 * 1024
/** Frames below are left to the garbage collector, which is good at small things. */
const smallBytes = 64 * 1024

/**
 * Memory of fetched frames, used again when every partition's records in it were worked on: left to the garbage
 * collector, frames that nobody reads would come to a multiple of those that somebody does. A frame whose readers do not
 * all say that they are done is garbage like anything else.
 */
export class FrameMemory {
  readonly #spare: SpareMemory
  readonly #readers = new WeakMap<ArrayBufferLike, number>()

  constructor(mostFreeBytes: number) {
    this.#spare = new SpareMemory({ stepBytes, mostBytes: mostFreeBytes })
  }

  /** With whatever was in it. */
  take(lengthBytes: number): Buffer {
    if (lengthBytes < smallBytes) return Buffer.allocUnsafeSlow(lengthBytes)
    return this.#spare.take(lengthBytes).subarray(0, lengthBytes)
  }

  /** Somebody reads `bytes`, which lie in a frame, until `release`. */
  hold({ buffer }: Buffer): void {
    this.#readers.set(buffer, (this.#readers.get(buffer) ?? 0) + 1)
  }

  /** Once for each `hold`. After the last one the frame is written over. */
  release({ buffer }: Buffer): void {
    const readers = (this.#readers.get(buffer) ?? 0) - 1
    this.#readers.set(buffer, readers)
    if (readers === 0 && buffer.byteLength >= smallBytes) this.#spare.give(Buffer.from(buffer))
  }

  /** Nothing is read for now: keeps none for later. */
  clear(): void {
    this.#spare.clear()
  }
}
