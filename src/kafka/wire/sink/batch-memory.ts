/** Below this a batch has a buffer of its own: most lanes of a quiet topology never grow beyond. */
const smallBytes = 16 * 1024
/** Buffers kept for the next batches: 4 MiB of the usual size, as much as a stream thread lets wait for the brokers. */
const keptBuffers = 16

/**
 * Memory of batches, used again once the broker has them: allocating large
 * buffers at every batch costs more in garbage collection than filling them.
 */
export class BatchMemory {
  readonly #batchBytes: number
  readonly #free: Buffer[] = []

  constructor(batchBytes: number) {
    this.#batchBytes = batchBytes
  }

  /** At least `sizeBytes`, with whatever was in it. */
  take(sizeBytes: number): Buffer {
    if (sizeBytes <= smallBytes) return Buffer.allocUnsafeSlow(Math.max(1024, 2 ** Math.ceil(Math.log2(sizeBytes))))
    if (sizeBytes > this.#batchBytes) return Buffer.allocUnsafeSlow(sizeBytes)
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#batchBytes)
  }

  /** Nobody holds a view of it any more. */
  give(buffer: Buffer): void {
    if (buffer.length === this.#batchBytes && this.#free.length < keptBuffers) this.#free.push(buffer)
  }
}
