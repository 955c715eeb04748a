/** Mapped files of the process, as far as a budget needs to know them. */
export interface Pages {
  /** Bytes that count for the process now, with those of other files than the ones that are released. */
  readonly heldBytes: number
  /** From now on has to be told of the mapped file; returned is to be called before it is unmapped. */
  add(path: string): () => void
  release(): void
}

/** Entries read or written between two looks. Each may bring in two runs of 16 pages, 64 KiB, and mostly far less. */
const entriesPerLook = 128

/**
 * Bounds the pages of memory-mapped stores that count for the process.
 *
 * A store that is read and written here and there soon has all of its file in memory. The kernel takes pages back when
 * memory is short, but whoever looks at the process sees them, as do the limits of a container. So they are given back
 * when there are too many. What is held by others is not told apart from what stores hold: counted is what came since the
 * last release, and if that was somebody else's, one release was in vain.
 */
export class PageBudget {
  readonly #mostBytes: number
  readonly #pages: Pages
  #untilLook = entriesPerLook
  /** The least that was held at any look since the last release: no page of a store is known to be among it. */
  #floorBytes = Number.POSITIVE_INFINITY

  constructor(mostBytes: number, pages: Pages) {
    this.#mostBytes = mostBytes
    this.#pages = pages
  }

  /** Told of each file before it is used; returned is to be called before it is closed. */
  add(path: string): () => void {
    const forget = this.#pages.add(path)
    this.#floorBytes = Math.min(this.#floorBytes, this.#pages.heldBytes)
    return forget
  }

  /** An entry of a store was, or is about to be, read or written. */
  touch(): void {
    this.#untilLook -= 1
    if (this.#untilLook > 0) return
    this.#untilLook = entriesPerLook
    this.#look()
  }

  #look(): void {
    const held = this.#pages.heldBytes
    this.#floorBytes = Math.min(this.#floorBytes, held)
    if (held - this.#floorBytes <= this.#mostBytes) return
    this.#pages.release()
    this.#floorBytes = this.#pages.heldBytes
  }
}
