/**
 * The orders that `Topology#describe()` inherits from Java's collections.
 *
 * A node's successors stand in a `TreeSet` whose comparator reads sizes that still
 * grow while the set is filled, and it is filled in the order of a `HashMap`. The
 * printed order therefore depends on string hashes and on the shape of a
 * red-black tree: both are imitated here and nowhere else.
 * Source: `InternalTopologyBuilder.describeSubtopology`, Kafka 4.3.1.
 */

/** Iteration order of a `HashSet<String>` filled in the given order. */
export function hashOrder(names: readonly string[]): string[] {
  let capacity = 16
  while (names.length > capacity * 0.75) capacity *= 2
  const buckets = new Map<number, string[]>()
  for (const name of names) {
    const bucket = spreadHash(name) & (capacity - 1)
    const held = buckets.get(bucket)
    if (held === undefined) buckets.set(bucket, [name])
    else held.push(name)
  }
  return [...buckets.entries()].toSorted(([a], [b]) => a - b).flatMap(([, held]) => held)
}

function spreadHash(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0
  return hash ^ (hash >>> 16)
}

interface Leaf<T> {
  readonly item: T
  red: boolean
  left: Leaf<T> | undefined
  right: Leaf<T> | undefined
  parent: Leaf<T> | undefined
}

/** `java.util.TreeSet`: compares at the moment of adding, never again. */
export class InsertionTree<T> {
  #root: Leaf<T> | undefined
  readonly #compare: (a: T, b: T) => number

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare
  }

  add(item: T): void {
    let parent: Leaf<T> | undefined
    let at = this.#root
    let order = 0
    while (at !== undefined) {
      order = this.#compare(item, at.item)
      if (order === 0) return
      parent = at
      at = order < 0 ? at.left : at.right
    }
    const leaf: Leaf<T> = { item, red: true, left: undefined, right: undefined, parent }
    if (parent === undefined) this.#root = leaf
    else if (order < 0) parent.left = leaf
    else parent.right = leaf
    this.#rebalance(leaf)
  }

  *[Symbol.iterator](): Generator<T> {
    yield* walk(this.#root)
  }

  #rebalance(added: Leaf<T>): void {
    let at = added
    for (;;) {
      const parent = at.parent
      const grandparent = parent?.parent
      if (parent === undefined || grandparent === undefined || !parent.red) break
      const uncle = parent === grandparent.left ? grandparent.right : grandparent.left
      if (uncle?.red === true) {
        parent.red = false
        uncle.red = false
        grandparent.red = true
        at = grandparent
      } else {
        this.#straighten(at, parent, grandparent)
        break
      }
    }
    if (this.#root !== undefined) this.#root.red = false
  }

  #straighten(at: Leaf<T>, parent: Leaf<T>, grandparent: Leaf<T>): void {
    const leftSide = parent === grandparent.left
    let top = parent
    if (at === (leftSide ? parent.right : parent.left)) {
      this.#rotate(parent, leftSide)
      top = at
    }
    top.red = false
    grandparent.red = true
    this.#rotate(grandparent, !leftSide)
  }

  #rotate(leaf: Leaf<T>, toLeft: boolean): void {
    const child = toLeft ? leaf.right : leaf.left
    if (child === undefined) return
    const inner = toLeft ? child.left : child.right
    if (toLeft) leaf.right = inner
    else leaf.left = inner
    if (inner !== undefined) inner.parent = leaf
    child.parent = leaf.parent
    if (leaf.parent === undefined) this.#root = child
    else if (leaf.parent.left === leaf) leaf.parent.left = child
    else leaf.parent.right = child
    if (toLeft) child.left = leaf
    else child.right = leaf
    leaf.parent = child
  }
}

function* walk<T>(leaf: Leaf<T> | undefined): Generator<T> {
  if (leaf === undefined) return
  yield* walk(leaf.left)
  yield leaf.item
  yield* walk(leaf.right)
}
