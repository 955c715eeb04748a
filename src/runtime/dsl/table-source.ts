import { GraphNode } from '../graph/graph-node.ts'
import type { StreamGraph } from '../graph/stream-graph.ts'
import { keyValueStore, nameStore } from './materialize.ts'
import type { Consumed, Materialized } from './options.ts'
import type { TableInternals } from './table-internals.ts'
import { storeOnDemand } from './store-on-demand.ts'

/**
 * A table that a topic feeds. Its store exists only if it has a given name or
 * somebody downstream reads it. Kafka's `InternalStreamsBuilder.table`.
 */
export function tableSource<K, V>(
  graph: StreamGraph,
  topic: string,
  consumed: Consumed<K, V>,
  materialized: Materialized<K, V>,
): TableInternals<K, V> {
  const storeName = nameStore(graph, `${topic}-`, materialized)
  const sourceName = graph.processorName('KSTREAM-SOURCE-', consumed.name, '-source')
  const name = graph.processorName('KTABLE-SOURCE-', consumed.name)
  const { keySerde, valueSerde, offsetReset } = consumed
  const role = { kind: 'table-source' as const, reuseSourceTopic: false }
  const store = storeOnDemand<K, V>(storeName)
  const node = new GraphNode(
    name,
    (parts) => {
      const { timestampExtractor } = consumed
      parts.addSource({
        kind: 'source',
        name: sourceName,
        topics: [topic],
        keySerde,
        valueSerde,
        timestampExtractor,
        offsetReset,
      })
      const create = store.createNode
      parts.addProcessor({ kind: 'processor', name, predecessors: [sourceName], stores: new Set(), create })
      if (!store.isThere()) return
      const kept = role.reuseSourceTopic ? { ...materialized, logging: false as const } : materialized
      parts.addStore(keyValueStore(storeName, kept, { keySerde, valueSerde }), name)
      if (role.reuseSourceTopic) parts.changelogOf.set(storeName.name, topic)
    },
    { role, isVersioned: materialized.historyRetentionMs !== undefined },
  )
  graph.add(graph.root, node)
  return {
    graph,
    name,
    node,
    keySerde,
    valueSerde,
    sourceNodes: new Set([sourceName]),
    needsRepartition: false,
    storeName: storeName.isGiven ? storeName.name : undefined,
    source: store.source,
  }
}
