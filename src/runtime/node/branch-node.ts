import { RunningNode } from './running-node.ts'

/** Sends a record to the first branch whose predicate holds, else to the last child, if there is one more. */
export class BranchNode<K, V> extends RunningNode<K, V> {
  readonly #predicates: readonly ((key: K, value: V) => boolean)[]

  constructor(predicates: readonly ((key: K, value: V) => boolean)[]) {
    super()
    this.#predicates = predicates
  }

  override process(key: K, value: V): void {
    const found = this.#predicates.findIndex((predicate) => predicate(key, value))
    const child = this.children[found === -1 ? this.#predicates.length : found]
    child?.process(key, value)
  }
}
