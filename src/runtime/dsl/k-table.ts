import { type GraphNode, isVersionedAbove } from '../graph/graph-node.ts'
import type { Change } from '../node/change.ts'
import { MapValuesNode } from '../node/stateless-nodes.ts'
import { TableFilterNode, TableMapNode, TableSelectNode } from '../node/table-nodes.ts'
import type { TableNodeOptions } from '../node/stored-table-node.ts'
import type { RunningNode } from '../node/running-node.ts'
import type { Serde } from '../serde/serde.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import { internals, needSerde } from './internals.ts'
import type { Makers } from './makers.ts'
import { keyValueStore } from './materialize.ts'
import type { KGroupedTable, KStream, KTable } from './model.ts'
import type { Grouped, Materialized, Named, Suppressed } from './options.ts'
import { processorNode } from './processor-graph.ts'
import { suppressTable } from './suppress.ts'
import type { TableInternals, TableView } from './table-internals.ts'
import { type JoinKind, tableJoin } from './table-join.ts'
import { storeView } from './table-view.ts'

/** Kafka's `KTableImpl`. */
export class TableImplementation<K, V> implements KTable<K, V> {
  readonly [internals]: TableInternals<K, V>
  readonly #makers: Makers

  constructor(state: TableInternals<K, V>, makers: Makers) {
    this[internals] = state
    this.#makers = makers
  }

  filter(predicate: (key: K, value: V) => boolean, materialized?: Materialized<K, V>, named: Named = {}): KTable<K, V> {
    return this.#filter(predicate, materialized, named)
  }

  filterNot(
    predicate: (key: K, value: V) => boolean,
    materialized?: Materialized<K, V>,
    named: Named = {},
  ): KTable<K, V> {
    return this.#filter((key, value) => !predicate(key, value), materialized, named)
  }

  mapValues<VOut>(
    map: (value: V, key: K) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named: Named = {},
  ): KTable<K, VOut> {
    return this.#derive(
      'KTABLE-MAPVALUES-',
      { materialized, named, valueSerde: undefined },
      {
        create: (options) => new TableMapNode(map, options),
        valueOf: (value, key) => map(value, key),
      },
    )
  }

  suppress(suppressed: Suppressed): KTable<K, V> {
    return this.#makers.table(suppressTable(this[internals], suppressed))
  }

  toStream(named: Named = {}): KStream<K, V> {
    const { graph, node, sourceNodes, keySerde, valueSerde } = this[internals]
    const name = graph.processorName('KTABLE-TOSTREAM-', named.name)
    const toStream = processorNode(name, () => new MapValuesNode((change: Change<V>) => change.newValue))
    graph.add(node, toStream)
    const rest = { needsRepartition: false }
    return this.#makers.stream<K, V>({ graph, name, node: toStream, keySerde, valueSerde, sourceNodes, ...rest })
  }

  groupBy<KOut, VOut>(
    select: (key: K, value: V) => readonly [KOut | null, VOut | null],
    grouped: Grouped<KOut, VOut>,
  ): KGroupedTable<KOut, VOut> {
    const { graph, node, sourceNodes, source } = this[internals]
    const name = graph.processorName('KTABLE-SELECT-', grouped.name)
    const { keySerde, valueSerde } = grouped
    const keys = needSerde(keySerde, 'keySerde', `groupBy of a table (${name})`)
    const isSameKey = (a: KOut, b: KOut) => a === b || Buffer.compare(keys.serialize(a), keys.serialize(b)) === 0
    const selectNode: GraphNode = processorNode(
      name,
      () => new TableSelectNode(select, isSameKey, isVersionedAbove(selectNode)),
    )
    graph.add(node, selectNode)
    source.sendOldValues(true)
    const rest = { needsRepartition: true }
    const state = { graph, name, node: selectNode, keySerde, valueSerde, sourceNodes, ...rest }
    return this.#makers.groupedTable(state, grouped)
  }

  join<VOther, VOut>(
    other: KTable<K, VOther>,
    join: (value: V, other: VOther) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named: Named = {},
  ): KTable<K, VOut> {
    return this.#join('inner', other, join, { materialized, named })
  }

  leftJoin<VOther, VOut>(
    other: KTable<K, VOther>,
    join: (value: V, other: VOther | null) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named: Named = {},
  ): KTable<K, VOut> {
    return this.#join('left', other, join, { materialized, named })
  }

  outerJoin<VOther, VOut>(
    other: KTable<K, VOther>,
    join: (value: V | null, other: VOther | null) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named: Named = {},
  ): KTable<K, VOut> {
    return this.#join('outer', other, join, { materialized, named })
  }

  #join<VOther, VOut>(
    kind: JoinKind,
    other: KTable<K, VOther>,
    // A method type: each kind of join passes what its own signature promised.
    join: { apply(value: V | null, other: VOther | null): VOut | null }['apply'],
    how: { readonly materialized: Materialized<K, VOut> | undefined; readonly named: Named },
  ): KTable<K, VOut> {
    return this.#makers.table(tableJoin(kind, { left: this[internals], right: other[internals], join, ...how }))
  }

  #filter(
    passes: (key: K, value: V) => boolean,
    materialized: Materialized<K, V> | undefined,
    named: Named,
  ): KTable<K, V> {
    // Kafka asks its parent here already, and remembers the answer.
    const parentSendsOldValues = this[internals].source.sendOldValues(false)
    const inherited = { materialized, named, valueSerde: this[internals].valueSerde, parentSendsOldValues }
    return this.#derive('KTABLE-FILTER-', inherited, {
      create: (options) => new TableFilterNode(passes, options),
      valueOf: (value, key) => (passes(key, value) ? value : null),
    })
  }

  /** A table computed value by value from this one; it has a store only if one is named. */
  #derive<VOut>(
    prefix: string,
    how: {
      readonly materialized: Materialized<K, VOut> | undefined
      readonly named: Named
      readonly valueSerde: Serde<VOut> | undefined
      readonly parentSendsOldValues?: boolean
    },
    compute: {
      readonly create: (options: TableNodeOptions & { readonly isVersioned: boolean }) => RunningNode<K, Change<VOut>>
      readonly valueOf: (value: V, key: K) => VOut | null
    },
  ): KTable<K, VOut> {
    const state = this[internals]
    const { graph, keySerde } = state
    const { materialized } = how
    const storeName = materialized?.name
    if (materialized !== undefined && storeName === undefined) graph.storeName(prefix)
    const name = graph.processorName(prefix, how.named.name)
    let sendOldValues = how.parentSendsOldValues ?? false
    const stores = givenStore(materialized, { keySerde, valueSerde: how.valueSerde })
    const node: GraphNode = processorNode(
      name,
      () => compute.create({ storeName, sendOldValues, isVersioned: isVersionedAbove(node) }),
      {
        stores: () => stores,
        isVersioned: materialized === undefined ? undefined : materialized.historyRetentionMs !== undefined,
      },
    )
    graph.add(state.node, node)
    return this.#makers.table<K, VOut>({
      ...state,
      name,
      node,
      keySerde: materialized?.keySerde ?? keySerde,
      valueSerde: materialized?.valueSerde ?? how.valueSerde,
      storeName,
      source: {
        sendOldValues: (force) => {
          if (storeName !== undefined || state.source.sendOldValues(force)) sendOldValues = true
          return sendOldValues
        },
        view: () =>
          storeName === undefined ? derivedView(state.source.view(), compute.valueOf) : storeView(storeName),
      },
    })
  }
}

/** Values computed when asked for, from the nearest table above that has a store. */
function derivedView<K, V, VOut>(
  parent: TableView<K, V>,
  valueOf: (value: V, key: K) => VOut | null,
): TableView<K, VOut> {
  return {
    storeNames: parent.storeNames,
    open: (context) => {
      const get = parent.open(context)
      return (key, asOfMs) => {
        const found = get(key, asOfMs)
        const value = found === undefined ? null : valueOf(found.value, key)
        return value === null || found === undefined ? undefined : { value, timestamp: found.timestamp }
      }
    },
  }
}

/** The store of a derived table: only one that has a name. */
function givenStore<K, V>(
  materialized: Materialized<K, V> | undefined,
  inherited: { readonly keySerde: Serde<K> | undefined; readonly valueSerde: Serde<V> | undefined },
): StoreFactory[] {
  const name = materialized?.name
  if (materialized === undefined || name === undefined) return []
  return [keyValueStore({ name, isGiven: true }, materialized, inherited)]
}
