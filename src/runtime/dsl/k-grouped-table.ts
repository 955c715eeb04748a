import { GraphNode } from '../graph/graph-node.ts'
import { TableAggregateNode, type TableAggregation } from '../node/table-aggregate-node.ts'
import { changedSerde } from '../serde/changed-serde.ts'
import type { Serde } from '../serde/serde.ts'
import { serdes } from '../serde/serdes.ts'
import { type Internals, needSerde } from './internals.ts'
import type { Makers } from './makers.ts'
import { keyValueStore, nameStore } from './materialize.ts'
import type { KGroupedTable, KTable } from './model.ts'
import type { Grouped, Materialized, Named } from './options.ts'
import { processorNode } from './processor-graph.ts'
import { storeView } from './table-view.ts'

/** Kafka's `KGroupedTableImpl`. */
export class GroupedTableImplementation<K, V> implements KGroupedTable<K, V> {
  readonly #state: Internals<K, V>
  readonly #grouped: Grouped<K, V>
  readonly #makers: Makers
  #repartition: GraphNode | undefined

  constructor(state: Internals<K, V>, grouped: Grouped<K, V>, makers: Makers) {
    this.#state = state
    this.#grouped = grouped
    this.#makers = makers
  }

  count(materialized: Materialized<K, number> = {}, named: Named = {}): KTable<K, number> {
    return this.#build('KTABLE-AGGREGATE-', named, materialized, {
      valueSerde: serdes.long,
      aggregation: {
        first: () => 1,
        add: (_key, _value, count) => count + 1,
        subtract: (_key, _value, count) => count - 1,
      },
    })
  }

  reduce(
    add: (aggregate: V, value: V) => V | null,
    subtract: (aggregate: V, value: V) => V | null,
    materialized: Materialized<K, V> = {},
    named: Named = {},
  ): KTable<K, V> {
    return this.#build('KTABLE-REDUCE-', named, materialized, {
      valueSerde: this.#state.valueSerde,
      aggregation: {
        first: (_key, value) => value,
        add: (_key, value, aggregate) => add(aggregate, value),
        subtract: (_key, value, aggregate) => subtract(aggregate, value),
      },
    })
  }

  aggregate<A>(
    aggregation: {
      readonly initialize: () => A
      readonly add: (key: K, value: V, aggregate: A) => A | null
      readonly subtract: (key: K, value: V, aggregate: A) => A | null
    },
    materialized: Materialized<K, A> & { readonly valueSerde: Serde<A> },
    named: Named = {},
  ): KTable<K, A> {
    const { initialize, add, subtract } = aggregation
    return this.#build('KTABLE-AGGREGATE-', named, materialized, {
      valueSerde: undefined,
      aggregation: { first: (key, value) => add(key, value, initialize()), add, subtract },
    })
  }

  #build<A>(
    prefix: string,
    named: Named,
    materialized: Materialized<K, A>,
    how: { readonly valueSerde: Serde<A> | undefined; readonly aggregation: TableAggregation<K, V, A> },
  ): KTable<K, A> {
    const { graph, node: parent, keySerde } = this.#state
    const storeName = nameStore(graph, 'KTABLE-AGGREGATE-', materialized)
    const sink = graph.processorName('KSTREAM-SINK-', suffixed(named, '-sink'))
    const source = graph.processorName('KSTREAM-SOURCE-', suffixed(named, '-source'))
    const name = graph.processorName(prefix, named.name)
    const repartition = this.#repartitionNode(`${this.#grouped.name ?? storeName.name}-repartition`, sink, source)
    graph.add(parent, repartition)
    const store = keyValueStore(storeName, materialized, { keySerde, valueSerde: how.valueSerde })
    let sendOldValues = false
    const create = () => new TableAggregateNode(store.name, how.aggregation, sendOldValues)
    const node = processorNode(name, create, { stores: () => [store], isVersioned: store.kind === 'versioned' })
    graph.add(repartition, node)
    return this.#makers.table<K, A>({
      graph,
      name,
      node,
      keySerde: materialized.keySerde ?? keySerde,
      valueSerde: materialized.valueSerde ?? how.valueSerde,
      sourceNodes: new Set([source]),
      needsRepartition: false,
      storeName: storeName.isGiven ? storeName.name : undefined,
      source: {
        sendOldValues: () => {
          sendOldValues = true
          return true
        },
        view: () => storeView(store.name),
      },
    })
  }

  /** One for all aggregations of a named grouping, else one for each. */
  #repartitionNode(topic: string, sink: string, source: string): GraphNode {
    if (this.#repartition !== undefined && this.#grouped.name !== undefined) return this.#repartition
    const { keySerde: keys, valueSerde: values } = this.#state
    const keySerde = needSerde(keys, 'keySerde', `the repartition topic ${topic} (groupBy)`)
    const valueSerde = changedSerde(needSerde(values, 'valueSerde', `the repartition topic ${topic} (groupBy)`))
    this.#repartition = new GraphNode(source, (parts, predecessors) => {
      parts.repartitionTopics.set(topic, { name: topic, partitions: undefined })
      parts.addSink({ kind: 'sink', name: sink, predecessors, topic, keySerde, valueSerde, partitioner: undefined })
      const more = { timestampExtractor: undefined, offsetReset: undefined }
      parts.addSource({ kind: 'source', name: source, topics: [topic], keySerde, valueSerde, ...more })
    })
    return this.#repartition
  }
}

function suffixed({ name }: Named, suffix: string): string | undefined {
  return name === undefined ? undefined : `${name}${suffix}`
}
