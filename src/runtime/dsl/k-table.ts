import { type GraphNode, isVersionedAbove } from '../graph/graph-node.ts'
import type { Change } from '../node/change.ts'
import { MapValuesNode } from '../node/stateless-nodes.ts'
import { TableFilterNode, TableMapNode, TableSelectNode } from '../node/table-nodes.ts'
import { foreignKeyJoin } from './foreign-key-join.ts'
import { internals, needSerde } from './internals.ts'
import type { Makers } from './makers.ts'
import { derivedView, deriveTable } from './derived-table.ts'
import type { KGroupedTable, KStream, KTable } from './model.ts'
import type { Grouped, Materialized, Named, Suppressed, TableJoined } from './options.ts'
import { processorNode } from './processor-graph.ts'
import { suppressTable } from './suppress.ts'
import type { TableInternals } from './table-internals.ts'
import { type ProcessOptions, storesOf } from './processing.ts'
import { transformedView } from './transformed-view.ts'
import { TransformValuesNode, type ValueTransformer } from '../node/transform-values-node.ts'
import { type JoinKind, tableJoin } from './table-join.ts'

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
    const how = { materialized, named, valueSerde: undefined }
    const table = deriveTable<K, V, VOut>(this[internals], 'KTABLE-MAPVALUES-', how, {
      create: (options) => new TableMapNode(map, options),
      view: (parent) => derivedView(parent, map),
    })
    return this.#makers.table(table)
  }

  transformValues<VOut>(
    supplier: () => ValueTransformer<K, V, VOut>,
    materialized?: Materialized<K, VOut>,
    options: ProcessOptions = {},
  ): KTable<K, VOut> {
    const how = { materialized, named: options, valueSerde: undefined, ...storesOf(options) }
    const table = deriveTable<K, V, VOut>(this[internals], 'KTABLE-TRANSFORMVALUES-', how, {
      create: (traits) => new TransformValuesNode(traits.name, supplier(), traits),
      view: (parent, name) => transformedView(parent, name, supplier),
    })
    return this.#makers.table(table)
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
    join: (value: V, other: NoInfer<VOther>) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named?: Named,
  ): KTable<K, VOut>
  join<KOther, VOther, VOut>(
    other: KTable<KOther, VOther>,
    foreignKey: (value: V, key: K) => NoInfer<KOther> | null,
    join: (value: V, other: NoInfer<VOther>) => VOut | null,
    ...how: [materialized?: Materialized<K, VOut>, joined?: TableJoined<K, V, NoInfer<KOther>, NoInfer<VOther>>]
  ): KTable<K, VOut>
  join<VOut>(...how: readonly unknown[]): KTable<K, VOut> {
    return this.#joinAny<VOut>('inner', how)
  }

  leftJoin<VOther, VOut>(
    other: KTable<K, VOther>,
    join: (value: V, other: NoInfer<VOther> | null) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named?: Named,
  ): KTable<K, VOut>
  leftJoin<KOther, VOther, VOut>(
    other: KTable<KOther, VOther>,
    foreignKey: (value: V, key: K) => NoInfer<KOther> | null,
    join: (value: V, other: NoInfer<VOther> | null) => VOut | null,
    ...how: [materialized?: Materialized<K, VOut>, joined?: TableJoined<K, V, NoInfer<KOther>, NoInfer<VOther>>]
  ): KTable<K, VOut>
  leftJoin<VOut>(...how: readonly unknown[]): KTable<K, VOut> {
    return this.#joinAny<VOut>('left', how)
  }

  outerJoin<VOther, VOut>(
    other: KTable<K, VOther>,
    join: (value: V | null, other: VOther | null) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named: Named = {},
  ): KTable<K, VOut> {
    return this.#join('outer', other, join, { materialized, named })
  }

  /** The signatures above have seen to it that the arguments are those of one of them. */
  #joinAny<VOut>(kind: 'inner' | 'left', how: readonly unknown[]): KTable<K, VOut> {
    if (isForeignKeyJoin<K, V, unknown, unknown, VOut>(how)) {
      const [other, foreignKey, join, materialized = {}, joined = {}] = how
      const sides = { left: this[internals], foreign: other[internals], isLeft: kind === 'left' }
      return this.#makers.table(foreignKeyJoin({ ...sides, foreignKey, join, joined, materialized }))
    }
    if (!isKeyJoin<K, V, unknown, VOut>(how))
      throw new TypeError('a join needs the other table, and a function that joins the values')
    const [other, join, materialized, named = {}] = how
    return this.#join(kind, other, join, { materialized, named })
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
    const table = deriveTable(this[internals], 'KTABLE-FILTER-', inherited, {
      create: (options) => new TableFilterNode(passes, options),
      view: (parent) => derivedView(parent, (value, key) => (passes(key, value) ? value : null)),
    })
    return this.#makers.table(table)
  }
}

type ForeignKeyArguments<K, V, KOther, VOther, VOut> = readonly [
  other: KTable<KOther, VOther>,
  foreignKey: (value: V, key: K) => KOther | null,
  join: (value: V, other: VOther | null) => VOut | null,
  materialized?: Materialized<K, VOut>,
  joined?: TableJoined<K, V, KOther, VOther>,
]

type KeyArguments<K, V, VOther, VOut> = readonly [
  other: KTable<K, VOther>,
  join: { apply(value: V | null, other: VOther | null): VOut | null }['apply'],
  materialized?: Materialized<K, VOut>,
  named?: Named,
]

function isForeignKeyJoin<K, V, KOther, VOther, VOut>(
  how: readonly unknown[],
): how is ForeignKeyArguments<K, V, KOther, VOther, VOut> {
  return typeof how[2] === 'function'
}

function isKeyJoin<K, V, VOther, VOut>(how: readonly unknown[]): how is KeyArguments<K, V, VOther, VOut> {
  return typeof how[1] === 'function'
}
