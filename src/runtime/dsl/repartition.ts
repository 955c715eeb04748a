import { GraphNode } from '../graph/graph-node.ts'
import type { StreamPartitioner } from '../graph/node-factory.ts'
import type { StreamGraph } from '../graph/stream-graph.ts'
import { FilterNode } from '../node/stateless-nodes.ts'
import type { Serde } from '../serde/serde.ts'
import { type Internals, needSerde } from './internals.ts'

/** A topic between two sub-topologies, and what goes through it. */
interface RepartitionTopic {
  readonly prefix: string
  readonly keySerde: Serde<unknown> | undefined
  readonly valueSerde: Serde<unknown> | undefined
  /** What asks for the topic, in words for the message that a serde is missing. */
  readonly where: string
  /** True where nobody gave the name that the topic's is made of. */
  readonly isUnnamed?: boolean
  /** False for a topic that the user asked for. */
  readonly isMergeable?: boolean
  readonly partitions?: number | undefined
  readonly partitioner?: StreamPartitioner<unknown, unknown> | undefined
}

/**
 * The way through a repartition topic: a processor, a sink, and the source of the
 * next sub-topology. Three numbers are used up whether or not their names are.
 * Source: `KStreamImpl.createRepartitionedSource`, Kafka 4.3.1.
 */
export function repartitionNode(graph: StreamGraph, topic: RepartitionTopic): GraphNode {
  const { prefix, partitions, partitioner } = topic
  const name = prefix.endsWith('-repartition') ? prefix : `${prefix}-repartition`
  if (topic.isUnnamed === true) graph.unnamed.noteRepartition(name)
  const generated = {
    sink: graph.processorName('KSTREAM-SINK-'),
    filter: graph.processorName('KSTREAM-FILTER-'),
    source: graph.processorName('KSTREAM-SOURCE-'),
  }
  const given = { sink: `${name}-sink`, filter: `${name}-filter`, source: `${name}-source` }
  const { sink, filter, source } = /^KSTREAM.*-\d{10}$/.test(prefix) ? generated : given
  const { isMergeable = true, where } = topic
  const role = {
    kind: 'repartition' as const,
    topic: name,
    isMergeable,
    keySerde: topic.keySerde,
    valueSerde: topic.valueSerde,
    keepNullKeys: true,
  }
  return new GraphNode(
    source,
    (parts, predecessors) => {
      const keySerde = needSerde(topic.keySerde, 'keySerde', where)
      const valueSerde = needSerde(topic.valueSerde, 'valueSerde', where)
      parts.repartitionTopics.set(name, { name, partitions })
      const create = () => new FilterNode((key: unknown) => role.keepNullKeys || key !== null, true)
      parts.addProcessor({ kind: 'processor', name: filter, predecessors, stores: new Set(), create })
      parts.addSink({
        kind: 'sink',
        name: sink,
        predecessors: [filter],
        topic: name,
        keySerde,
        valueSerde,
        partitioner,
      })
      parts.addSource({
        kind: 'source',
        name: source,
        topics: [name],
        keySerde,
        valueSerde,
        timestampExtractor: undefined,
        offsetReset: undefined,
      })
    },
    { role },
  )
}

/** The stream that comes out of a repartition topic. */
export function behind<K, V>(
  { graph }: Internals<K, V>,
  node: GraphNode,
  serdes: { readonly keySerde: Serde<K> | undefined; readonly valueSerde: Serde<V> | undefined },
): Internals<K, V> {
  return { graph, node, ...serdes, name: node.name, sourceNodes: new Set([node.name]), needsRepartition: false }
}
