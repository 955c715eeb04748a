import type { GraphNode } from '../graph/graph-node.ts'
import type { Internals } from './internals.ts'
import { keyValueStore, type StoreName } from './materialize.ts'
import type { Materialized } from './options.ts'
import { processorNode } from './processor-graph.ts'
import type { TableInternals } from './table-internals.ts'
import { storeOnDemand } from './store-on-demand.ts'

/**
 * A table made of records that come by: each is the new value of its key. Its store exists only
 * if it has a given name or somebody downstream reads it. Kafka's `KTableSource` behind another node.
 */
export function sourcedTable<K, V>(
  parent: GraphNode,
  state: Omit<Internals<K, V>, 'node' | 'needsRepartition'>,
  { storeName, materialized }: { readonly storeName: StoreName; readonly materialized: Materialized<K, V> },
): TableInternals<K, V> {
  const keySerde = materialized.keySerde ?? state.keySerde
  const valueSerde = materialized.valueSerde ?? state.valueSerde
  const store = storeOnDemand<K, V>(storeName)
  const node = processorNode(state.name, store.createNode, {
    isVersioned: materialized.historyRetentionMs !== undefined,
    stores: () => (store.isThere() ? [keyValueStore(storeName, materialized, { keySerde, valueSerde })] : []),
  })
  state.graph.add(parent, node)
  return {
    ...state,
    node,
    keySerde,
    valueSerde,
    needsRepartition: false,
    storeName: storeName.isGiven ? storeName.name : undefined,
    source: store.source,
  }
}
