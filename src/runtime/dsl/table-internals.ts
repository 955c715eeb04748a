import type { ValueAndTimestamp } from '../store/table-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Internals } from './internals.ts'

/** How a table's latest values are read by others: Kafka's `KTableValueGetterSupplier`. */
export interface TableView<K, V> {
  /** What a reader must be connected with. */
  readonly storeNames: readonly string[]
  /** The latest value of a key, or where the table is versioned the one at `asOfMs`. */
  readonly open: (context: TaskContext) => (key: K, asOfMs?: number) => ValueAndTimestamp<V> | undefined
}

/** How a table's processor is told, while the topology is built, what its readers need. */
export interface TableSource<K, V> {
  /**
   * Somebody downstream needs the value before each change. Without `force` a table
   * that has no store stays without one and answers false.
   */
  sendOldValues(force: boolean): boolean
  /** Somebody downstream reads values by key; a table without a store may get one by that. */
  view(): TableView<K, V>
}

export interface TableInternals<K, V> extends Internals<K, V> {
  readonly source: TableSource<K, V>
  /** The store users may ask for; undefined where the table has none of its own. */
  readonly storeName: string | undefined
}

export interface GlobalInternals<K, V> {
  readonly view: TableView<K, V>
}
