import type { GraphNode } from '../graph/graph-node.ts'
import type { RunningNode } from '../node/running-node.ts'
import { PassNode } from '../node/stateless-nodes.ts'
import type { Serde } from '../serde/serde.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import type { Grouping } from './grouping.ts'
import type { StoreName } from './materialize.ts'
import type { KTable } from './model.ts'
import type { Named } from './options.ts'
import { processorNode } from './processor-graph.ts'
import type { TableView } from './table-internals.ts'

/** One of the groupings, with what its values add to the aggregate. */
export interface CogroupMember<K, A> {
  readonly grouping: Pick<Grouping<K, unknown>, 'state' | 'makers' | 'keySerde' | 'repartition'>
  readonly add: (key: K, value: never, aggregate: A) => A | null
}

/**
 * Groupings whose values make one aggregate, in one store, whatever its windows:
 * Kafka's `CogroupedStreamAggregateBuilder`.
 */
export class Cogroup<K, A> {
  readonly members: readonly CogroupMember<K, A>[]
  readonly first: CogroupMember<K, A>
  readonly #repartitions = new Map<CogroupMember<K, A>, GraphNode>()

  constructor(members: readonly CogroupMember<K, A>[]) {
    const [first] = members
    if (first === undefined) throw new RangeError('a cogroup begins with a grouped stream')
    this.first = first
    this.members = members
  }

  build<KOut>(how: {
    readonly storeName: StoreName
    readonly store: StoreFactory
    readonly named: Named
    readonly keySerde: Serde<KOut> | undefined
    readonly valueSerde: Serde<A> | undefined
    readonly graceMs?: number
    readonly create: (member: CogroupMember<K, A>, sendOldValues: boolean) => RunningNode
    readonly view: () => TableView<KOut, A>
  }): KTable<KOut, A> {
    const { storeName, store, named, keySerde, valueSerde, create, view } = how
    const { state, makers } = this.first.grouping
    const { graph } = state
    const parents = this.members.map((member) => this.#parent(member, storeName))
    graph.copartitions.push(new Set(this.members.flatMap(({ grouping }) => [...grouping.state.sourceNodes])))
    let sendOldValues = false
    const nodes = this.members.map((member, index) => {
      const name = graph.processorName('COGROUPKSTREAM-AGGREGATE-', named.name, `-cogroup-agg-${index}`)
      const node = processorNode(name, () => create(member, sendOldValues), {
        stores: () => [store],
        isVersioned: store.kind === 'versioned',
        ...(how.graceMs !== undefined && { graceMs: how.graceMs }),
      })
      graph.add(parents[index] ?? state.node, node)
      return node
    })
    const name = graph.processorName('COGROUPKSTREAM-MERGE-', named.name, '-cogroup-merge')
    const node = processorNode(name, () => new PassNode())
    graph.add(nodes, node)
    const sends = () => {
      sendOldValues = true
      return true
    }
    return makers.table<KOut, A>({
      graph,
      name,
      node,
      keySerde,
      valueSerde,
      sourceNodes: new Set([name]),
      needsRepartition: false,
      storeName: storeName.isGiven ? storeName.name : undefined,
      source: { sendOldValues: sends, view },
    })
  }

  #parent(member: CogroupMember<K, A>, storeName: StoreName): GraphNode {
    const { grouping } = member
    if (!grouping.state.needsRepartition) return grouping.state.node
    const made = grouping.repartition(storeName)
    const held = this.#repartitions.get(member)
    if (held !== undefined) return held
    this.#repartitions.set(member, made)
    grouping.state.graph.add(grouping.state.node, made)
    return made
  }
}
