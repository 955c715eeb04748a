import { AggregateNode, type Aggregation } from '../node/aggregate-node.ts'
import type { GraphNode } from '../graph/graph-node.ts'
import { serdes } from '../serde/serdes.ts'
import type { Serde } from '../serde/serde.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import { needSerde, type Internals } from './internals.ts'
import type { Makers } from './makers.ts'
import { keyValueStore, nameStore, type StoreName } from './materialize.ts'
import type { KGroupedStream, KTable } from './model.ts'
import type { Grouped, Materialized, Named } from './options.ts'
import { processorNode } from './processor-graph.ts'
import { repartitionNode } from './repartition.ts'
import type { TableSource } from './table-internals.ts'
import { storeView } from './table-view.ts'

/** Kafka's `KGroupedStreamImpl` with its `GroupedStreamAggregateBuilder`. */
export class GroupedStreamImplementation<K, V> implements KGroupedStream<K, V> {
  readonly #state: Internals<K, V>
  readonly #grouped: Grouped<K, V>
  readonly #makers: Makers
  readonly #keySerde: Serde<K> | undefined
  readonly #valueSerde: Serde<V> | undefined
  #repartition: GraphNode | undefined

  constructor(state: Internals<K, V>, grouped: Grouped<K, V>, makers: Makers) {
    this.#state = state
    this.#grouped = grouped
    this.#makers = makers
    this.#keySerde = grouped.keySerde ?? state.keySerde
    this.#valueSerde = grouped.valueSerde ?? state.valueSerde
  }

  count(materialized?: Materialized<K, number>, named: Named = {}): KTable<K, number> {
    // Kafka uses up a number here, for compatibility with its own past.
    if (materialized !== undefined && materialized.name === undefined) {
      this.#state.graph.storeName('KSTREAM-AGGREGATE-')
    }
    return this.#build('KSTREAM-AGGREGATE-', named, materialized ?? {}, {
      valueSerde: serdes.long,
      aggregation: { kind: 'aggregate', initialize: () => 0, add: (_key, _value, count) => count + 1 },
    })
  }

  reduce(
    reduce: (aggregate: V, value: V) => V | null,
    materialized: Materialized<K, V> = {},
    named: Named = {},
  ): KTable<K, V> {
    return this.#build('KSTREAM-REDUCE-', named, materialized, {
      valueSerde: this.#valueSerde,
      aggregation: {
        kind: 'reduce',
        first: (value) => value,
        add: (_key, value, aggregate) => reduce(aggregate, value),
      },
    })
  }

  aggregate<A>(
    initialize: () => A,
    add: (key: K, value: V, aggregate: A) => A | null,
    materialized: Materialized<K, A> & { readonly valueSerde: Serde<A> },
    named: Named = {},
  ): KTable<K, A> {
    return this.#build('KSTREAM-AGGREGATE-', named, materialized, {
      valueSerde: undefined,
      aggregation: { kind: 'aggregate', initialize, add },
    })
  }

  #build<A>(
    prefix: string,
    named: Named,
    materialized: Materialized<K, A>,
    how: { readonly valueSerde: Serde<A> | undefined; readonly aggregation: Aggregation<K, V, A> },
  ): KTable<K, A> {
    const { graph } = this.#state
    const storeName = nameStore(graph, prefix, materialized)
    const name = graph.processorName(prefix, named.name)
    const keySerde = this.#keySerde
    const store = keyValueStore(storeName, materialized, { keySerde, valueSerde: how.valueSerde })
    const { parent, sourceNodes } = this.#parent(storeName)
    const { node, source } = aggregateNode(name, store, how.aggregation)
    graph.add(parent, node)
    return this.#makers.table<K, A>({
      graph,
      name,
      node,
      keySerde: materialized.keySerde ?? keySerde,
      valueSerde: materialized.valueSerde ?? how.valueSerde,
      sourceNodes,
      needsRepartition: false,
      source,
      storeName: storeName.isGiven ? storeName.name : undefined,
    })
  }

  /** A named grouping has one repartition topic for all its aggregations; an unnamed one has one for each. */
  #parent(storeName: StoreName): { readonly parent: GraphNode; readonly sourceNodes: ReadonlySet<string> } {
    const state = this.#state
    if (!state.needsRepartition) return { parent: state.node, sourceNodes: state.sourceNodes }
    const given = this.#grouped.name
    const where = `the repartition topic before store ${storeName.name}`
    const node = repartitionNode(state.graph, {
      prefix: given ?? storeName.name,
      keySerde: () => needSerde(this.#keySerde, 'keySerde', `${where} (groupBy)`),
      valueSerde: () => needSerde(this.#valueSerde, 'valueSerde', `${where} (groupBy)`),
    })
    const parent = given === undefined || this.#repartition === undefined ? node : this.#repartition
    this.#repartition = parent
    state.graph.add(state.node, parent)
    return { parent, sourceNodes: new Set([node.name]) }
  }
}

function aggregateNode<K, V, A>(name: string, store: StoreFactory, aggregation: Aggregation<K, V, A>) {
  let sendOldValues = false
  const node = processorNode(name, () => new AggregateNode(store.name, aggregation, sendOldValues), {
    stores: () => [store],
  })
  const source: TableSource<K, A> = {
    sendOldValues: () => {
      sendOldValues = true
      return true
    },
    view: () => storeView(store.name),
  }
  return { node, source }
}
