import type { GraphNode } from '../graph/graph-node.ts'
import { AggregateNode, type Aggregation } from '../node/aggregate-node.ts'
import { PassNode } from '../node/stateless-nodes.ts'
import type { Serde } from '../serde/serde.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import type { Grouping } from './grouping.ts'
import { keyValueStore, nameStore, type StoreName } from './materialize.ts'
import type { CogroupedKStream, KGroupedStream, KTable } from './model.ts'
import type { Materialized, Named } from './options.ts'
import { processorNode } from './processor-graph.ts'
import { storeView } from './table-view.ts'

/** One of the groupings, with what its values add to the aggregate. */
export interface CogroupMember<K, A> {
  readonly grouping: Pick<Grouping<K, unknown>, 'state' | 'makers' | 'keySerde' | 'repartition'>
  readonly aggregate: (initialize: () => A) => Aggregation<K, never, A>
}

/** How a grouped stream is asked for its part without knowing its class. */
export type MemberOf<K> = <V, A>(
  grouped: KGroupedStream<K, V>,
  add: (key: K, value: V, aggregate: A) => A | null,
) => CogroupMember<K, A>

/** Several groupings into one table: Kafka's `CogroupedKStreamImpl`. */
export class CogroupedImplementation<K, A> implements CogroupedKStream<K, A> {
  readonly #members: readonly CogroupMember<K, A>[]
  readonly #memberOf: MemberOf<K>
  readonly #repartitions = new Map<CogroupMember<K, A>, GraphNode>()

  constructor(members: readonly CogroupMember<K, A>[], memberOf: MemberOf<K>) {
    this.#members = members
    this.#memberOf = memberOf
  }

  cogroup<V>(grouped: KGroupedStream<K, V>, add: (key: K, value: V, aggregate: A) => A | null): CogroupedKStream<K, A> {
    return new CogroupedImplementation([...this.#members, this.#memberOf(grouped, add)], this.#memberOf)
  }

  aggregate(
    initialize: () => A,
    materialized: Materialized<K, A> & { readonly valueSerde: Serde<A> },
    named: Named = {},
  ): KTable<K, A> {
    const [first] = this.#members
    if (first === undefined) throw new RangeError('a cogroup begins with a grouped stream')
    const { state, makers, keySerde } = first.grouping
    const { graph } = state
    const storeName = nameStore(graph, 'COGROUPKSTREAM-AGGREGATE-', materialized)
    const store = keyValueStore(storeName, materialized, { keySerde, valueSerde: undefined })
    const parents = this.#members.map((member) => this.#parent(member, storeName))
    graph.copartitions.push(new Set(this.#members.flatMap(({ grouping }) => [...grouping.state.sourceNodes])))
    const sends = { oldValues: false }
    const nodes = this.#members.map((member, index) => {
      const given = named.name === undefined ? undefined : `${named.name}-cogroup-agg-${index}`
      const name = graph.processorName('COGROUPKSTREAM-AGGREGATE-', given)
      const node = aggregateNode(name, store, member.aggregate(initialize), sends)
      graph.add(parents[index] ?? state.node, node)
      return node
    })
    const given = named.name === undefined ? undefined : `${named.name}-cogroup-merge`
    const name = graph.processorName('COGROUPKSTREAM-MERGE-', given)
    const node = processorNode(name, () => new PassNode())
    graph.add(nodes, node)
    return makers.table<K, A>({
      graph,
      name,
      node,
      keySerde: materialized.keySerde ?? keySerde,
      valueSerde: materialized.valueSerde,
      sourceNodes: new Set([name]),
      needsRepartition: false,
      storeName: storeName.isGiven ? storeName.name : undefined,
      source: {
        sendOldValues: () => {
          sends.oldValues = true
          return true
        },
        view: () => storeView(store.name),
      },
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

function aggregateNode<K, A>(
  name: string,
  store: StoreFactory,
  aggregation: Aggregation<K, never, A>,
  sends: { readonly oldValues: boolean },
): GraphNode {
  return processorNode(name, () => new AggregateNode(store.name, aggregation, sends.oldValues), {
    stores: () => [store],
    isVersioned: store.kind === 'versioned',
  })
}
