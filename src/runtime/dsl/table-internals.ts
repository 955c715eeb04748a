import type { Internals } from './internals.ts'

/** How a table's processor is told what its readers need. */
export interface TableSource {
  /** Somebody downstream needs the value before each change. */
  sendOldValues(): void
}

export interface TableInternals<K, V> extends Internals<K, V> {
  readonly source: TableSource
  /** The store users may ask for; undefined where the table has none of its own. */
  readonly storeName: string | undefined
}
