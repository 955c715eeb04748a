interface Waiting<Item, Result> {
  readonly items: readonly Item[]
  readonly resolve: (results: readonly Result[]) => void
  readonly reject: (cause: unknown) => void
}

/**
 * Gathers what is asked for while one transaction is under way into the next
 * one: a thousand writers cost a few commits, and a lone one waits for nobody.
 */
export class GroupCommit<Item, Result> {
  readonly #commit: (items: readonly Item[]) => Promise<readonly Result[]>
  readonly #isOfItems: (cause: unknown) => boolean
  #waiting: Waiting<Item, Result>[] = []
  #running: Promise<void> | undefined

  /** `isOfItems`: whether a commit failed for what was to be committed. Then each is tried by itself: nobody fails for another's. */
  constructor(
    commit: (items: readonly Item[]) => Promise<readonly Result[]>,
    isOfItems: (cause: unknown) => boolean = () => false,
  ) {
    this.#commit = commit
    this.#isOfItems = isOfItems
  }

  /** Resolves with one result per item, in their order. Rejects if the transaction it was part of failed. */
  add(items: readonly Item[]): Promise<readonly Result[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Result[]>()
    this.#waiting.push({ items, resolve, reject })
    this.#running ??= this.#run()
    return promise
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // One turn of the event loop, so that callers of the same moment share the first transaction.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      await this.#commitGroup(group)
    }
    // In the same step as the last look at `#waiting`: whoever comes after it starts a new run.
    this.#running = undefined
  }

  async #commitGroup(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#commit(group.flatMap(({ items }) => items))
      let from = 0
      for (const { items, resolve } of group) {
        resolve(results.slice(from, from + items.length))
        from += items.length
      }
    } catch (cause) {
      if (group.length > 1 && this.#isOfItems(cause)) for (const one of group) await this.#commitGroup([one])
      else for (const { reject } of group) reject(cause)
    }
  }
}
