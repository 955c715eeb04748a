import type { StreamPartitioner, TopicNameExtractor } from '../graph/node-factory.ts'
import { Topology } from '../graph/topology.ts'
import { TopologyError } from '../graph/topology-error.ts'
import { TopologyParts } from '../graph/topology-parts.ts'
import { type Processor, ProcessorNode } from '../node/processor-node.ts'
import type { Serde } from '../serde/serde.ts'
import type { AnyStoreHandle } from '../store/key-value-store.ts'
import type { Consumed } from './options.ts'
import { type ProcessOptions, storesOf } from './processing.ts'

/**
 * A topology put together node by node, without the DSL: Kafka's `Topology` class with
 * its Processor API. Names are the caller's own; parents come before children. A
 * mistake throws a TopologyError in Kafka's words.
 */
export class TopologyBuilder {
  readonly #parts = new TopologyParts()
  #isBuilt = false

  /** Reads topics; every topic has one source. */
  addSource<K, V>(name: string, topics: string | readonly string[], consumed: Omit<Consumed<K, V>, 'name'>): this {
    const { keySerde, valueSerde, timestampExtractor, offsetReset } = consumed
    const named = typeof topics === 'string' ? [topics] : topics
    this.#parts.addSource({
      kind: 'source',
      name,
      topics: named,
      keySerde,
      valueSerde,
      timestampExtractor,
      offsetReset,
    })
    return this
  }

  /** A processor behind one parent or several, with the stores it brings or is to find by name. */
  addProcessor<KIn, VIn, KOut, VOut>(
    name: string,
    supplier: () => Processor<KIn, VIn, KOut, VOut>,
    parents: string | readonly string[],
    options: Pick<ProcessOptions, 'stores'> = {},
  ): this {
    const create = () => new ProcessorNode(name, supplier())
    this.#parts.addProcessor({ kind: 'processor', name, predecessors: listOf(parents), stores: new Set(), create })
    const { stores, connects } = storesOf(options)
    for (const store of stores()) this.#parts.addStore(store, name)
    this.#parts.connect([name], connects())
    return this
  }

  /** Writes what its parents forward. */
  addSink<K, V>(
    name: string,
    topic: string | TopicNameExtractor<K, V>,
    parents: string | readonly string[],
    how: {
      readonly keySerde: Serde<K>
      readonly valueSerde: Serde<V>
      readonly partitioner?: StreamPartitioner<K, V>
    },
  ): this {
    const { keySerde, valueSerde, partitioner } = how
    const predecessors = listOf(parents)
    this.#parts.addSink({ kind: 'sink', name, predecessors, topic, keySerde, valueSerde, partitioner })
    return this
  }

  /** A store for processors that are there already: they then run in one task. */
  addStateStore({ factory }: AnyStoreHandle, ...processors: readonly string[]): this {
    this.#parts.addStore(factory, ...processors)
    return this
  }

  /** Lets a processor find stores that were added before. */
  connectProcessorAndStateStores(processor: string, ...stores: readonly string[]): this {
    if (stores.length === 0) throw new TopologyError('stateStoreNames cannot be empty')
    const node = this.#parts.nodes.get(processor)
    if (node !== undefined && node.kind !== 'processor') {
      throw new TopologyError('State stores cannot be connect to sources or sinks.')
    }
    this.#parts.connect([processor], stores)
    return this
  }

  /** A builder is built once. */
  build(): Topology {
    if (this.#isBuilt) throw new TopologyError('build() was called before on this TopologyBuilder')
    this.#isBuilt = true
    return new Topology(this.#parts)
  }
}

const listOf = (names: string | readonly string[]): readonly string[] => (typeof names === 'string' ? [names] : names)
