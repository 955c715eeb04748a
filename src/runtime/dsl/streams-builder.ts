import { GraphNode } from '../graph/graph-node.ts'
import { StreamGraph } from '../graph/stream-graph.ts'
import { Topology } from '../graph/topology.ts'
import { GroupedStreamImplementation } from './k-grouped-stream.ts'
import { type Processor, ProcessorNode } from '../node/processor-node.ts'
import type { AnyStoreHandle } from '../store/key-value-store.ts'
import { BranchedImplementation } from './branched-stream.ts'
import { globalStore, globalTable } from './global-table.ts'
import { GroupedTableImplementation } from './k-grouped-table.ts'
import { StreamImplementation } from './k-stream.ts'
import { TableImplementation } from './k-table.ts'
import type { Makers } from './makers.ts'
import type { GlobalKTable, KStream, KTable } from './model.ts'
import { type Optimization, optimize } from './optimize.ts'
import type { Consumed, Materialized } from './options.ts'
import { tableSource } from './table-source.ts'

const makers: Makers = {
  stream: (state) => new StreamImplementation(state, makers),
  branched: (state, named) => new BranchedImplementation(state, named, makers),
  groupedTable: (state, grouped) => new GroupedTableImplementation(state, grouped, makers),
  grouped: (state, grouped) => new GroupedStreamImplementation(state, grouped, makers),
  table: (state) => new TableImplementation(state, makers),
}

interface BuildOptions {
  readonly optimization?: Optimization
  readonly explicitNaming?: boolean
}

/**
 * Where a topology begins: Kafka's `StreamsBuilder`. One counter numbers every
 * operator, so the same calls in the same order give the same names as in Java.
 */
export class StreamsBuilder {
  readonly #graph = new StreamGraph()

  /**
   * Reads one topic or several of one kind as a stream, or all whose whole name a pattern matches: those that there are,
   * and those that come while the app runs (a worker looks every `metadata.max.age.ms`).
   */
  stream<K, V>(topics: string | readonly string[] | RegExp, consumed: Consumed<K, V>): KStream<K, V> {
    const names = typeof topics === 'string' ? [topics] : topics instanceof RegExp ? topics : [...new Set(topics)]
    const name = this.#graph.processorName('KSTREAM-SOURCE-', consumed.name)
    const { keySerde, valueSerde, timestampExtractor, offsetReset } = consumed
    const node = new GraphNode(
      name,
      (parts) =>
        parts.addSource({ kind: 'source', name, topics: names, keySerde, valueSerde, timestampExtractor, offsetReset }),
      { role: { kind: 'stream-source', topics: names, offsetReset } },
    )
    this.#graph.add(this.#graph.root, node)
    return makers.stream({
      graph: this.#graph,
      name,
      node,
      keySerde,
      valueSerde,
      sourceNodes: new Set([name]),
      needsRepartition: false,
    })
  }

  /** Reads one topic as a table: the latest value of every key; null deletes. */
  table<K, V>(topic: string, consumed: Consumed<K, V>, materialized: Materialized<K, V> = {}): KTable<K, V> {
    return makers.table(tableSource(this.#graph, topic, consumed, materialized))
  }

  /**
   * Reads one topic whole, all its partitions, in every stream thread: streams may join it by any key of theirs.
   * It is filled before the first task runs and follows its topic from then on.
   */
  globalTable<K, V>(
    topic: string,
    consumed: Consumed<K, V>,
    materialized: Materialized<K, V> = {},
  ): GlobalKTable<K, V> {
    return globalTable(this.#graph, topic, consumed, materialized)
  }

  /**
   * A store that one processor fills from a topic and every task may read, by its handle. The processor meets the
   * whole topic again at each start.
   */
  addGlobalStore<K, V>(
    store: AnyStoreHandle,
    topic: string,
    consumed: Consumed<K, V>,
    supplier: () => Processor<K, V, never, never>,
  ): this {
    globalStore(this.#graph, store.factory, { topic, consumed, create: () => new ProcessorNode(topic, supplier()) })
    return this
  }

  /** Puts a store into the topology for processors to be connected with. */
  addStateStore(store: AnyStoreHandle): this {
    const { factory } = store
    this.#graph.add(this.#graph.root, new GraphNode(factory.name, (parts) => parts.addStore(factory)))
    return this
  }

  /**
   * A builder is built once. `optimization` is Kafka's `topology.optimization`; left out, there is none.
   * `explicitNaming` refuses internal topics and stores without a name of yours, as Kafka's
   * `ensure.explicit.internal.resource.naming` does (KIP-1111).
   */
  build({ optimization = 'none', explicitNaming = false }: BuildOptions = {}): Topology {
    if (explicitNaming) this.#graph.unnamed.refuse()
    return new Topology(this.#graph.build(() => optimize(this.#graph, optimization)))
  }
}
