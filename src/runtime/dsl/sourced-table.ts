import type { GraphNode } from '../graph/graph-node.ts'
import { TableSourceNode } from '../node/table-source-node.ts'
import type { Internals } from './internals.ts'
import { keyValueStore, type StoreName } from './materialize.ts'
import type { Materialized } from './options.ts'
import { processorNode } from './processor-graph.ts'
import type { TableInternals } from './table-internals.ts'
import { storeView } from './table-view.ts'

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
  let isMaterialized = storeName.isGiven
  let sendsOldValues = false
  const create = () => new TableSourceNode(isMaterialized ? storeName.name : undefined, sendsOldValues)
  const node = processorNode(state.name, create, {
    isVersioned: materialized.historyRetentionMs !== undefined,
    stores: () => (isMaterialized ? [keyValueStore(storeName, materialized, { keySerde, valueSerde })] : []),
  })
  state.graph.add(parent, node)
  return {
    ...state,
    node,
    keySerde,
    valueSerde,
    needsRepartition: false,
    storeName: storeName.isGiven ? storeName.name : undefined,
    source: {
      sendOldValues: (force) => {
        if (!force && !isMaterialized) return false
        isMaterialized = true
        sendsOldValues = true
        return true
      },
      view: () => {
        isMaterialized = true
        return storeView(storeName.name)
      },
    },
  }
}
