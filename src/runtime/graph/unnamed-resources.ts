import { TopologyError } from './topology-error.ts'

/**
 * Internal topics and stores that nobody named, noted where the DSL names them: one operator more above them, and they are
 * called otherwise, and an app begins with empty state. `ensure.explicit.internal.resource.naming` (KIP-1111); Kafka's
 * `InternalResourcesNaming`, with its words.
 */
export class UnnamedResources {
  readonly #changelogs = new Set<string>()
  readonly #stores = new Set<string>()
  readonly #repartitions = new Set<string>()

  noteStore(name: string, { logged }: { readonly logged: boolean }): void {
    this.#stores.add(name)
    if (logged) this.noteChangelogOf(name)
  }

  /** Of a store that cannot be asked for by its name, as that of a suppression. */
  noteChangelogOf(store: string): void {
    this.#changelogs.add(`${store}-changelog`)
  }

  noteRepartition(topic: string): void {
    this.#repartitions.add(topic)
  }

  /** Refuses them, all at once. */
  refuse(): void {
    const text =
      line('changelog topic(s)', this.#changelogs) +
      line('state store(s)', this.#stores) +
      line('repartition topic(s)', this.#repartitions)
    if (text !== '') throw new TopologyError(text)
  }
}

function line(what: string, names: ReadonlySet<string>): string {
  return names.size === 0 ? '' : `Following ${what} has not been named: ${[...names].join(', ')}\n`
}
