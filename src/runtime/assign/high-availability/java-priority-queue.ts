/**
 * A binary heap that orders as `java.util.PriorityQueue` does, equal elements and
 * elements whose weight changed meanwhile included: Kafka Streams' assignments depend on it.
 */
export class JavaPriorityQueue<T> {
  readonly #compare: (one: T, other: T) => number
  readonly #heap: T[]

  constructor(compare: (one: T, other: T) => number, items: Iterable<T> = []) {
    this.#compare = compare
    this.#heap = [...items]
    for (let at = (this.#heap.length >>> 1) - 1; at >= 0; at -= 1) this.#sink(at)
  }

  offer(item: T): void {
    this.#heap.push(item)
    this.#rise(this.#heap.length - 1)
  }

  poll(): T | undefined {
    const first = this.#heap[0]
    this.#removeAt(0)
    return first
  }

  /** In the order of the heap, which is not the order of `poll`. */
  inside(): readonly T[] {
    return [...this.#heap]
  }

  remove(item: T): boolean {
    const at = this.#heap.indexOf(item)
    if (at >= 0) this.#removeAt(at)
    return at >= 0
  }

  /** The last one takes the place, and goes where it belongs from there. */
  #removeAt(at: number): void {
    const last = this.#heap.pop()
    if (last === undefined || at === this.#heap.length) return
    this.#heap[at] = last
    this.#sink(at)
    if (this.#heap[at] === last) this.#rise(at)
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const above = (at - 1) >>> 1
      if (this.#order(at, above) >= 0) return
      this.#swap(at, above)
      at = above
    }
  }

  #sink(from: number): void {
    let at = from
    while (at < this.#heap.length >>> 1) {
      const left = 2 * at + 1
      const below = left + 1 < this.#heap.length && this.#order(left, left + 1) > 0 ? left + 1 : left
      if (this.#order(at, below) <= 0) return
      this.#swap(at, below)
      at = below
    }
  }

  #order(one: number, other: number): number {
    return this.#compare(this.#at(one), this.#at(other))
  }

  #swap(one: number, other: number): void {
    const kept = this.#at(one)
    this.#heap[one] = this.#at(other)
    this.#heap[other] = kept
  }

  #at(index: number): T {
    const item = this.#heap[index]
    if (item === undefined) throw new RangeError(`the heap has nothing at ${index}`)
    return item
  }
}
