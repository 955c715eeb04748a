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
  #waiting: Waiting<Item, Result>[] = []
  #running: Promise<void> | undefined

  constructor(commit: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#commit = commit
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
      try {
        const results = await this.#commit(group.flatMap(({ items }) => items))
        let from = 0
        for (const { items, resolve } of group) {
          resolve(results.slice(from, from + items.length))
          from += items.length
        }
      } catch (cause) {
        for (const { reject } of group) reject(cause)
      }
    }
    // In the same step as the last look at `#waiting`: whoever comes after it starts a new run.
    this.#running = undefined
  }
}
