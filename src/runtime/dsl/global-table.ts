import { GraphNode } from '../graph/graph-node.ts'
import { TopologyError } from '../graph/topology-error.ts'
import type { StreamGraph } from '../graph/stream-graph.ts'
import type { RunningNode } from '../node/running-node.ts'
import { TableSourceNode } from '../node/table-source-node.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import { internals } from './internals.ts'
import { keyValueStore, nameStore } from './materialize.ts'
import type { GlobalKTable } from './model.ts'
import type { Consumed, Materialized } from './options.ts'
import { storeView } from './table-view.ts'

/** Kafka's `InternalStreamsBuilder.globalTable`. */
export function globalTable<K, V>(
  graph: StreamGraph,
  topic: string,
  consumed: Consumed<K, V>,
  materialized: Materialized<K, V>,
): GlobalKTable<K, V> {
  if (materialized.historyRetentionMs !== undefined) throw new TopologyError('GlobalTables cannot be versioned.')
  const { keySerde, valueSerde } = consumed
  // No changelog, since the topic is one, and no cache, since nothing stands behind it that could be spared updates.
  const kept = { ...materialized, keySerde, valueSerde, logging: false as const, caching: false }
  const storeName = nameStore(graph, `${topic}-`, kept)
  const store = keyValueStore(storeName, kept, { keySerde, valueSerde })
  globalStore(graph, store, { topic, consumed, create: () => new TableSourceNode(storeName.name, false) })
  return {
    [internals]: { view: storeView(storeName.name) },
    queryableStoreName: storeName.isGiven ? storeName.name : undefined,
  }
}

/** Kafka's `InternalStreamsBuilder.addGlobalStore`: a source, and the processor that fills the store. */
export function globalStore<K, V>(
  graph: StreamGraph,
  store: StoreFactory,
  {
    topic,
    consumed,
    create,
  }: { readonly topic: string; readonly consumed: Consumed<K, V>; readonly create: () => RunningNode },
): void {
  const sourceName = graph.processorName(
    'KSTREAM-SOURCE-',
    consumed.name === undefined ? undefined : `${consumed.name}-source`,
  )
  const name = graph.processorName('KTABLE-SOURCE-', consumed.name)
  const { keySerde, valueSerde } = consumed
  const node = new GraphNode(name, (parts) => {
    const source = {
      kind: 'source' as const,
      name: sourceName,
      topics: [topic],
      keySerde,
      valueSerde,
      // Kafka's global threads ask none, either.
      timestampExtractor: undefined,
      offsetReset: undefined,
    }
    const processor = {
      kind: 'processor' as const,
      name,
      predecessors: [sourceName],
      stores: new Set<string>(),
      create,
    }
    parts.addGlobalStore(source, processor, store, topic)
  })
  graph.add(graph.root, node)
}
