import type { Internals } from './internals.ts'
import type { BranchedKStream, KGroupedStream, KGroupedTable, KStream, KTable } from './model.ts'
import type { Grouped, Named } from './options.ts'
import type { TableInternals } from './table-internals.ts'

/** How one kind of stream makes another without knowing its class. */
export interface Makers {
  stream<K, V>(state: Internals<K, V>): KStream<K, V>
  branched<K, V>(state: Internals<K, V>, named: Named): BranchedKStream<K, V>
  grouped<K, V>(state: Internals<K, V>, grouped: Grouped<K, V>): KGroupedStream<K, V>
  table<K, V>(state: TableInternals<K, V>): KTable<K, V>
  groupedTable<K, V>(state: Internals<K, V>, grouped: Grouped<K, V>): KGroupedTable<K, V>
}
