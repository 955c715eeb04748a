/** Keys ordered by when they fall due: a binary heap, earliest first. Times are milliseconds. */
export class DueHeap {
  readonly #entries: { readonly key: string; readonly dueMs: number }[] = []

  get nextDueMs(): number | undefined {
    return this.#entries[0]?.dueMs
  }

  push(key: string, dueMs: number): void {
    const entries = this.#entries
    let hole = entries.length
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = entries[parent]
      if (above === undefined || above.dueMs <= dueMs) break
      entries[hole] = above
      hole = parent
    }
    entries[hole] = { key, dueMs }
  }

  /** The earliest entry, if it is due by `nowMs`. */
  popDue(nowMs: number): { readonly key: string; readonly dueMs: number } | undefined {
    const [first] = this.#entries
    if (first === undefined || first.dueMs > nowMs) return undefined
    const last = this.#entries.pop()
    if (last !== undefined && this.#entries.length > 0) this.#sink(last)
    return first
  }

  #sink(moved: { readonly key: string; readonly dueMs: number }): void {
    const entries = this.#entries
    let hole = 0
    for (;;) {
      const left = 2 * hole + 1
      const right = left + 1
      const child = (entries[right]?.dueMs ?? Infinity) < (entries[left]?.dueMs ?? Infinity) ? right : left
      const below = entries[child]
      if (below === undefined || below.dueMs >= moved.dueMs) break
      entries[hole] = below
      hole = child
    }
    entries[hole] = moved
  }
}
