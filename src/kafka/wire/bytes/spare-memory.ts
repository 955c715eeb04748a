export interface SpareMemoryOptions {
  /** Memory comes in multiples of this, so that who needs some finds that of an earlier one who did not need quite as much. */
  readonly stepBytes: number
  /** What is kept beyond this is left to the garbage collector. */
  readonly mostBytes: number
}

/**
 * Memory that nobody uses, kept for whoever needs some next. Buffers that are left to the garbage collector come to a
 * multiple of those in use, and make it run more often, over the whole heap: V8 counts them as pressure.
 */
export class SpareMemory {
  readonly #options: SpareMemoryOptions
  /** The smallest first. */
  readonly #free: Buffer[] = []
  #freeBytes = 0

  constructor(options: SpareMemoryOptions) {
    this.#options = options
  }

  /** At least so many bytes, an `ArrayBuffer` of their own, with whatever was in it. */
  take(lengthBytes: number): Buffer {
    const at = this.#free.findIndex(({ length }) => length >= lengthBytes)
    const [found] = at < 0 ? [] : this.#free.splice(at, 1)
    if (found === undefined) return Buffer.allocUnsafeSlow(this.#rounded(lengthBytes))
    this.#freeBytes -= found.length
    return found
  }

  /** Nobody reads or writes it any more; it is what `take` answered. */
  give(memory: Buffer): void {
    if (memory.length > this.#options.mostBytes) return
    const at = this.#free.findIndex(({ length }) => length >= memory.length)
    this.#free.splice(at < 0 ? this.#free.length : at, 0, memory)
    this.#freeBytes += memory.length
    while (this.#freeBytes > this.#options.mostBytes) this.#freeBytes -= this.#free.shift()?.length ?? 0
  }

  /** Keeps nothing: it will not be needed soon. */
  clear(): void {
    this.#free.length = 0
    this.#freeBytes = 0
  }

  #rounded(lengthBytes: number): number {
    const { stepBytes } = this.#options
    return Math.ceil(Math.max(1, lengthBytes) / stepBytes) * stepBytes
  }
}
