import { TableSourceNode } from '../node/table-source-node.ts'
import type { Internals } from './internals.ts'
import { keyValueStore, nameStore } from './materialize.ts'
import type { Materialized, Named } from './options.ts'
import { processorNode } from './processor-graph.ts'
import { behind, repartitionNode } from './repartition.ts'
import type { TableInternals } from './table-internals.ts'
import { storeView } from './table-view.ts'

/** A stream read as the changes of a table: Kafka's `KStreamImpl.toTable`. */
export function streamToTable<K, V>(
  state: Internals<K, V>,
  materialized: Materialized<K, V>,
  named: Named,
): TableInternals<K, V> {
  const { graph } = state
  const name = graph.processorName('KSTREAM-TOTABLE-', named.name)
  const storeName = nameStore(graph, 'KSTREAM-TOTABLE-', materialized)
  const keySerde = materialized.keySerde ?? state.keySerde
  const valueSerde = materialized.valueSerde ?? state.valueSerde
  let parent = state
  if (state.needsRepartition) {
    const repartition = repartitionNode(graph, {
      prefix: name,
      where: `toTable() (${name})`,
      keySerde,
      valueSerde,
    })
    graph.add(state.node, repartition)
    parent = behind(state, repartition, { keySerde, valueSerde })
  }
  let isMaterialized = storeName.isGiven
  let sendsOldValues = false
  const create = () => new TableSourceNode(isMaterialized ? storeName.name : undefined, sendsOldValues)
  const node = processorNode(name, create, {
    isVersioned: materialized.historyRetentionMs !== undefined,
    stores: () => (isMaterialized ? [keyValueStore(storeName, materialized, { keySerde, valueSerde })] : []),
  })
  graph.add(parent.node, node)
  return {
    ...parent,
    name,
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
