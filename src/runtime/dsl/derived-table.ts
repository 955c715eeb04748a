import { type GraphNode, isVersionedAbove } from '../graph/graph-node.ts'
import type { Change } from '../node/change.ts'
import type { RunningNode } from '../node/running-node.ts'
import type { TableNodeOptions } from '../node/stored-table-node.ts'
import type { Serde } from '../serde/serde.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import { keyValueStore } from './materialize.ts'
import type { Materialized, Named } from './options.ts'
import { processorNode } from './processor-graph.ts'
import type { TableInternals, TableView } from './table-internals.ts'
import { storeView } from './table-view.ts'

export interface DerivedTable<K, VOut> {
  readonly materialized: Materialized<K, VOut> | undefined
  readonly named: Named
  readonly valueSerde: Serde<VOut> | undefined
  readonly parentSendsOldValues?: boolean
  /** Stores of its own, beside the one that the table lies in. */
  readonly stores?: () => readonly StoreFactory[]
  readonly connects?: () => readonly string[]
}

export interface DerivedNodeOptions extends TableNodeOptions {
  readonly name: string
  readonly isVersioned: boolean
}

/** A table computed value by value from another; it has a store only if one is named. */
export function deriveTable<K, V, VOut>(
  parent: TableInternals<K, V>,
  prefix: 'KTABLE-FILTER-' | 'KTABLE-MAPVALUES-' | 'KTABLE-TRANSFORMVALUES-',
  how: DerivedTable<K, VOut>,
  compute: {
    readonly create: (options: DerivedNodeOptions) => RunningNode<K, Change<VOut>>
    /** Values computed when asked for, from the nearest table above that has a store. */
    readonly view: (parent: TableView<K, V>, name: string) => TableView<K, VOut>
  },
): TableInternals<K, VOut> {
  const { graph, keySerde } = parent
  const { materialized, valueSerde, stores } = how
  const storeName = materialized?.name
  if (usesUpNumber(prefix, materialized)) graph.storeName(prefix)
  const name = graph.processorName(prefix, how.named.name)
  let sendOldValues = how.parentSendsOldValues ?? false
  const given = givenStore(materialized, { keySerde, valueSerde })
  const create = () => compute.create({ name, storeName, sendOldValues, isVersioned: isVersionedAbove(node) })
  const node: GraphNode = processorNode(name, create, {
    stores: () => [...given, ...(stores?.() ?? [])],
    ...(how.connects !== undefined && { connects: how.connects }),
    isVersioned: materialized && materialized.historyRetentionMs !== undefined,
  })
  graph.add(parent.node, node)
  return {
    ...parent,
    name,
    node,
    keySerde: materialized?.keySerde ?? keySerde,
    valueSerde: materialized?.valueSerde ?? valueSerde,
    storeName,
    source: {
      sendOldValues: (force) => {
        if (storeName !== undefined || parent.source.sendOldValues(force)) sendOldValues = true
        return sendOldValues
      },
      view: () => (storeName === undefined ? compute.view(parent.source.view(), name) : storeView(storeName)),
    },
  }
}

/** Kafka uses up the number of a store that it does not make. */
function usesUpNumber(prefix: string, materialized: { readonly name?: string } | undefined): boolean {
  return materialized !== undefined && materialized.name === undefined && prefix !== 'KTABLE-TRANSFORMVALUES-'
}

export function derivedView<K, V, VOut>(
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
