import { GraphNode } from '../graph/graph-node.ts'
import type { StreamGraph } from '../graph/stream-graph.ts'
import { PassNode } from '../node/stateless-nodes.ts'
import type { Serde } from '../serde/serde.ts'

/**
 * The way through a repartition topic: a processor, a sink, and the source of the
 * next sub-topology. Three numbers are used up whether or not their names are.
 * Source: `KStreamImpl.createRepartitionedSource`, Kafka 4.3.1.
 */
export function repartitionNode(
  graph: StreamGraph,
  topic: {
    readonly prefix: string
    readonly keySerde: () => Serde<unknown>
    readonly valueSerde: () => Serde<unknown>
    readonly partitions?: number | undefined
  },
): GraphNode {
  const { prefix } = topic
  const name = prefix.endsWith('-repartition') ? prefix : `${prefix}-repartition`
  const generated = {
    sink: graph.processorName('KSTREAM-SINK-'),
    filter: graph.processorName('KSTREAM-FILTER-'),
    source: graph.processorName('KSTREAM-SOURCE-'),
  }
  const given = { sink: `${name}-sink`, filter: `${name}-filter`, source: `${name}-source` }
  const { sink, filter, source } = /^KSTREAM.*-\d{10}$/.test(prefix) ? generated : given
  return new GraphNode(source, (parts, predecessors) => {
    const keySerde = topic.keySerde()
    const valueSerde = topic.valueSerde()
    parts.repartitionTopics.set(name, { name, partitions: topic.partitions })
    const create = () => new PassNode()
    parts.addProcessor({ kind: 'processor', name: filter, predecessors, stores: new Set(), create })
    parts.addSink({
      kind: 'sink',
      name: sink,
      predecessors: [filter],
      topic: name,
      keySerde,
      valueSerde,
      partitioner: undefined,
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
  })
}
