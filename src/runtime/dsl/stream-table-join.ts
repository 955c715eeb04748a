import { GraphNode } from '../graph/graph-node.ts'
import { StreamTableJoinNode } from '../node/stream-table-join-node.ts'
import type { Internals } from './internals.ts'
import type { Joined, Named } from './options.ts'
import type { TableInternals, TableView } from './table-internals.ts'

/** Kafka's `KStreamImpl.doStreamTableJoin`. Both sides must be co-partitioned. */
export function streamTableJoin<K, V, VTable, VOut>(
  stream: Internals<K, V>,
  table: TableInternals<K, VTable>,
  how: {
    // A method type: an inner join's function never meets the null that a left join's must.
    readonly join: { apply(value: V, tableValue: VTable | null, key: K): VOut }['apply']
    readonly joined: Joined<K, V>
    readonly isLeft: boolean
  },
): Internals<K, VOut> {
  const { graph } = stream
  const { join, joined, isLeft } = how
  const sourceNodes = new Set([...stream.sourceNodes, ...table.sourceNodes])
  graph.copartitions.push(sourceNodes)
  const name = graph.processorName(isLeft ? 'KSTREAM-LEFTJOIN-' : 'KSTREAM-JOIN-', joined.name)
  const view = table.source.view()
  const create = () =>
    new StreamTableJoinNode<K, V, K, VTable, VOut>({
      isLeft,
      openTable: view.open,
      selectKey: (key) => key,
      join: (key, value, tableValue) => join(value, tableValue, key),
    })
  const node = new GraphNode(
    name,
    (parts, predecessors) => {
      parts.addProcessor({ kind: 'processor', name, predecessors, stores: new Set(), create })
      parts.connect([name], view.storeNames)
    },
    { joinsNullKeys: isLeft },
  )
  graph.add(stream.node, node)
  const keySerde = joined.keySerde ?? stream.keySerde
  return { graph, name, node, keySerde, valueSerde: undefined, sourceNodes, needsRepartition: false }
}

/** Kafka's `KStreamImpl.doGlobalTableJoin`: no topic between, since every thread holds the whole table. */
export function streamGlobalJoin<K, V, KTable, VTable, VOut>(
  stream: Internals<K, V>,
  view: TableView<KTable, VTable>,
  how: {
    readonly selectKey: (key: K, value: V) => KTable | null
    readonly join: { apply(value: V, tableValue: VTable | null, key: K): VOut }['apply']
    readonly named: Named
    readonly isLeft: boolean
  },
): Internals<K, VOut> {
  const { graph } = stream
  const { selectKey, join, named, isLeft } = how
  // An inner join is called so, too.
  const name = graph.processorName('KSTREAM-LEFTJOIN-', named.name)
  const create = () =>
    new StreamTableJoinNode<K, V, KTable, VTable, VOut>({
      isLeft,
      openTable: view.open,
      selectKey,
      join: (key, value, tableValue) => join(value, tableValue, key),
    })
  const node = new GraphNode(
    name,
    (parts, predecessors) => parts.addProcessor({ kind: 'processor', name, predecessors, stores: new Set(), create }),
    { joinsNullKeys: isLeft },
  )
  graph.add(stream.node, node)
  return { ...stream, name, node, valueSerde: undefined }
}
