import { SortedTree } from './sorted-tree.ts'

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * A map that can also be gone through in order. The order costs nothing before it
 * is first asked for, and is kept from then on: most stores are never ranged over.
 */
export class SortedMap<V> {
  readonly #values = new Map<string, V>()
  #sorted: SortedTree<string, V> | undefined

  get size(): number {
    return this.#values.size
  }

  get(text: string): V | undefined {
    return this.#values.get(text)
  }

  set(text: string, value: V): void {
    this.#values.set(text, value)
    this.#sorted?.set(text, value)
  }

  delete(text: string): void {
    this.#values.delete(text)
    this.#sorted?.delete(text)
  }

  clear(): void {
    this.#values.clear()
    this.#sorted?.clear()
  }

  /** In no order. */
  values(): Iterable<V> {
    return this.#values.values()
  }

  /** Entries from `low` (included) to `high` (not), in order; an undefined bound is open. */
  range(low: string | undefined, high: string | undefined): (readonly [string, V])[] {
    this.#sorted ??= new SortedTree([...this.#values], byText)
    const found: (readonly [string, V])[] = []
    for (const entry of this.#sorted.entries(low)) {
      if (high !== undefined && entry[0] >= high) break
      found.push(entry)
    }
    return found
  }
}
