/**
 * `java.util.PriorityQueue` over timestamps, sift by sift: among equal timestamps
 * it is the shape of the heap that decides which partition comes next, so the
 * shape must be Java's.
 */
export class TimeHeap<T extends { readonly headTimestamp: number }> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  push(item: T): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const up = (at - 1) >>> 1
      const parent = items[up]
      if (parent === undefined || item.headTimestamp >= parent.headTimestamp) break
      items[at] = parent
      at = up
    }
    items[at] = item
  }

  pop(): T | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (last !== undefined && items.length > 0) this.#sink(last)
    return top
  }

  #sink(item: T): void {
    const items = this.#items
    const half = items.length >>> 1
    let at = 0
    while (at < half) {
      let down = 2 * at + 1
      let child = items[down]
      const right = items[down + 1]
      if (child !== undefined && right !== undefined && child.headTimestamp > right.headTimestamp) {
        down++
        child = right
      }
      if (child === undefined || item.headTimestamp <= child.headTimestamp) break
      items[at] = child
      at = down
    }
    items[at] = item
  }
}
