const chunkBytes = 65_536
/** Anything larger has a chunk of its own. */
const largestShared = 4_096
const grain = 16

/**
 * Memory for many small runs of bytes that live long. As objects of their own they would take ten times the room, keep
 * the blocks alive that Node cuts small buffers from, and be looked at in every garbage collection.
 */
export class ByteArena {
  readonly #chunks: Buffer[] = []
  readonly #emptyChunks: number[] = []
  /** By capacity: addresses that were given back. */
  readonly #free = new Map<number, number[]>()
  #open = -1
  #at = chunkBytes

  /** Where so many bytes may be written: for `write`, `copy` and `release`, with the same length. */
  allocate(length: number): number {
    const capacity = capacityFor(length)
    if (capacity > largestShared) return this.#addChunk(capacity) * chunkBytes
    const free = this.#free.get(capacity)?.pop()
    if (free !== undefined) return free
    if (this.#at + capacity > chunkBytes) {
      this.#open = this.#addChunk(chunkBytes)
      this.#at = 0
    }
    const address = this.#open * chunkBytes + this.#at
    this.#at += capacity
    return address
  }

  release(address: number, length: number): void {
    const capacity = capacityFor(length)
    if (capacity > largestShared) {
      const chunk = chunkOf(address)
      this.#chunks[chunk] = nothing
      this.#emptyChunks.push(chunk)
      return
    }
    const free = this.#free.get(capacity)
    if (free === undefined) this.#free.set(capacity, [address])
    else free.push(address)
  }

  write(address: number, bytes: Uint8Array): void {
    const chunk = this.#chunks[chunkOf(address)] ?? nothing
    const at = address % chunkBytes
    // Up to some tens of bytes a loop is faster than the call into the engine.
    if (bytes.length > 48) chunk.set(bytes, at)
    else for (let index = 0; index < bytes.length; index++) chunk[at + index] = bytes[index] ?? 0
  }

  /** Bytes of their own: what lies here may be overwritten. */
  copy(address: number, length: number): Uint8Array {
    const chunk = this.#chunks[chunkOf(address)] ?? nothing
    const at = address % chunkBytes
    const copied = Buffer.allocUnsafe(length)
    if (length > 48) chunk.copy(copied, 0, at, at + length)
    else for (let index = 0; index < length; index++) copied[index] = chunk[at + index] ?? 0
    return copied
  }

  /** Gives everything back but one chunk: who commits after each record clears as often. */
  clear(): void {
    const kept = this.#chunks.find((chunk) => chunk.length === chunkBytes)
    this.#chunks.length = 0
    this.#emptyChunks.length = 0
    this.#free.clear()
    if (kept !== undefined) this.#chunks.push(kept)
    this.#open = kept === undefined ? -1 : 0
    this.#at = kept === undefined ? chunkBytes : 0
  }

  #addChunk(sizeBytes: number): number {
    const chunk = Buffer.allocUnsafeSlow(sizeBytes)
    const number = this.#emptyChunks.pop() ?? this.#chunks.length
    this.#chunks[number] = chunk
    return number
  }
}

const nothing = Buffer.alloc(0)

/** What a run of this length takes up; runs of one capacity may stand in for each other. */
export const capacityFor = (length: number): number => Math.max(1, Math.ceil(length / grain)) * grain

const chunkOf = (address: number): number => Math.floor(address / chunkBytes)
