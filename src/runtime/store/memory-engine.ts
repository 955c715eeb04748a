import type { RangeBounds, StoreEngine } from './engine.ts'
import { keyBytes, keyText } from './key-text.ts'
import { SortedTree } from './sorted-tree.ts'

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A store that forgets when its process ends. */
export class MemoryEngine implements StoreEngine {
  readonly #tree = new SortedTree<string, Uint8Array>(undefined, byText)
  #offset: number | undefined

  get offset(): number | undefined {
    return this.#offset
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#tree.get(keyText(key))
  }

  *range({ from, to, reverse }: RangeBounds): Generator<readonly [Uint8Array, Uint8Array]> {
    const tree = this.#tree.clone()
    const low = from === undefined ? undefined : keyText(from)
    const high = to === undefined ? undefined : keyText(to)
    const pairs = reverse === true ? downwards(tree, low, high) : upwards(tree, low, high)
    for (const [key, value] of pairs) yield [keyBytes(key), value]
  }

  write(entries: Iterable<readonly [key: Uint8Array, value: Uint8Array | null]>, offset?: number): void {
    const copied = Array.from(
      entries,
      ([key, value]) => [keyText(key), value === null ? undefined : new Uint8Array(value)] as const,
    )
    for (const [text, value] of copied) {
      if (value === undefined) this.#tree.delete(text)
      else this.#tree.set(text, value)
    }
    if (offset !== undefined) this.#offset = offset
  }

  close(): void {}
}

type Tree = SortedTree<string, Uint8Array>

function* upwards(tree: Tree, low: string | undefined, high: string | undefined): Generator<[string, Uint8Array]> {
  for (const pair of tree.entries(low)) {
    if (high !== undefined && pair[0] >= high) return
    yield pair
  }
}

function* downwards(tree: Tree, low: string | undefined, high: string | undefined): Generator<[string, Uint8Array]> {
  for (const pair of tree.entriesReversed(high)) {
    if (high !== undefined && pair[0] >= high) continue
    if (low !== undefined && pair[0] < low) return
    yield pair
  }
}
