import type { GraphNode } from '../graph/graph-node.ts'
import type { Serde } from '../serde/serde.ts'
import type { Internals } from './internals.ts'
import type { Makers } from './makers.ts'
import type { StoreName } from './materialize.ts'
import type { KTable } from './model.ts'
import type { Grouped } from './options.ts'
import { repartitionNode } from './repartition.ts'
import type { TableSource } from './table-internals.ts'

/**
 * What the aggregations of one grouping share: where they stand, and the
 * repartition topic before them. Kafka's `GroupedStreamAggregateBuilder`.
 */
export class Grouping<K, V> {
  readonly state: Internals<K, V>
  readonly keySerde: Serde<K> | undefined
  readonly valueSerde: Serde<V> | undefined
  readonly makers: Makers
  readonly #name: string | undefined
  #repartition: GraphNode | undefined

  constructor(state: Internals<K, V>, grouped: Grouped<K, V>, makers: Makers) {
    this.state = state
    this.makers = makers
    this.keySerde = grouped.keySerde ?? state.keySerde
    this.valueSerde = grouped.valueSerde ?? state.valueSerde
    this.#name = grouped.name
  }

  /** Puts an aggregation behind the grouping; its store's name has been chosen before its own. */
  add<KOut, A>(aggregation: {
    readonly node: GraphNode
    readonly storeName: StoreName
    readonly source: TableSource<KOut, A>
    readonly keySerde: Serde<KOut> | undefined
    readonly valueSerde: Serde<A> | undefined
  }): KTable<KOut, A> {
    const { node, storeName, source, keySerde, valueSerde } = aggregation
    const { graph } = this.state
    const { parent, sourceNodes } = this.#parent(storeName)
    graph.add(parent, node)
    return this.makers.table<KOut, A>({
      graph,
      name: node.name,
      node,
      keySerde,
      valueSerde,
      sourceNodes,
      needsRepartition: false,
      source,
      storeName: storeName.isGiven ? storeName.name : undefined,
    })
  }

  /** A repartition topic of this grouping's, whose numbers are used up by this call. */
  repartition(storeName: StoreName): GraphNode {
    return repartitionNode(this.state.graph, {
      prefix: this.#name ?? storeName.name,
      isUnnamed: this.#name === undefined && !storeName.isGiven,
      where: `the repartition topic before store ${storeName.name} (groupBy)`,
      keySerde: this.keySerde,
      valueSerde: this.valueSerde,
    })
  }

  /** A named grouping has one repartition topic for all its aggregations; an unnamed one has one for each. */
  #parent(storeName: StoreName): { readonly parent: GraphNode; readonly sourceNodes: ReadonlySet<string> } {
    const { state } = this
    if (!state.needsRepartition) return { parent: state.node, sourceNodes: state.sourceNodes }
    const node = this.repartition(storeName)
    const parent = this.#name === undefined || this.#repartition === undefined ? node : this.#repartition
    this.#repartition = parent
    state.graph.add(state.node, parent)
    return { parent, sourceNodes: new Set([node.name]) }
  }
}
