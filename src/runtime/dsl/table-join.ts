import { GraphNode, isVersioned } from '../graph/graph-node.ts'
import { type JoinSide, TableJoinNode } from '../node/table-join-node.ts'
import { TableMergeNode } from '../node/table-nodes.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import type { ValueAndTimestamp } from '../store/table-store.ts'
import { keyValueStore, nameStore } from './materialize.ts'
import type { Materialized, Named } from './options.ts'
import type { TableInternals, TableView } from './table-internals.ts'
import { storeView } from './table-view.ts'

export type JoinKind = 'inner' | 'left' | 'outer'

interface TableJoin<K, V, VOther, VOut> {
  readonly left: TableInternals<K, V>
  readonly right: TableInternals<K, VOther>
  readonly join: (value: V | null, other: VOther | null) => VOut | null
  readonly materialized: Materialized<K, VOut> | undefined
  readonly named: Named
}

const sides: Readonly<Record<JoinKind, readonly [left: JoinSide, right: JoinSide]>> = {
  inner: ['inner', 'inner'],
  left: ['left', 'right'],
  outer: ['outer', 'outer'],
}

/** Two tables by the same key: Kafka's `KTableImpl.doJoin` and `KTableKTableJoinNode`. */
export function tableJoin<K, V, VOther, VOut>(
  kind: JoinKind,
  { left, right, join, materialized, named }: TableJoin<K, V, VOther, VOut>,
): TableInternals<K, VOut> {
  const { graph, keySerde } = left
  const storeName = materialized === undefined ? undefined : nameStore(graph, 'KTABLE-MERGE-', materialized)
  const name = graph.processorName('KTABLE-MERGE-', named.name)
  const sourceNodes = new Set([...left.sourceNodes, ...right.sourceNodes])
  graph.copartitions.push(sourceNodes)
  if (kind !== 'inner') left.source.sendOldValues(true)
  if (kind === 'outer') right.source.sendOldValues(true)
  const store =
    storeName === undefined || materialized === undefined
      ? undefined
      : keyValueStore(storeName, materialized, { keySerde, valueSerde: undefined })
  const thisName = graph.processorName('KTABLE-JOINTHIS-', suffixed(named, '-join-this'))
  const otherName = graph.processorName('KTABLE-JOINOTHER-', suffixed(named, '-join-other'))
  const leftView = left.source.view()
  const rightView = right.source.view()
  const sends = { oldValues: false }
  const node = joinNode({ kind, name, thisName, otherName, left, right, leftView, rightView, join, store, sends })
  graph.add([left.node, right.node], node)
  return {
    graph,
    name,
    node,
    keySerde: materialized?.keySerde ?? keySerde,
    valueSerde: materialized?.valueSerde,
    sourceNodes,
    needsRepartition: false,
    storeName: storeName?.name,
    source: {
      sendOldValues: () => {
        left.source.sendOldValues(true)
        right.source.sendOldValues(true)
        sends.oldValues = true
        return true
      },
      view: () => (storeName === undefined ? joinedView(kind, leftView, rightView, join) : storeView(storeName.name)),
    },
  }
}

/** Both sides, each reading the other's table, and the processor where they meet. */
function joinNode<K, V, VOther>(parts: {
  readonly kind: JoinKind
  readonly name: string
  readonly thisName: string
  readonly otherName: string
  readonly left: TableInternals<K, V>
  readonly right: TableInternals<K, VOther>
  readonly leftView: TableView<K, V>
  readonly rightView: TableView<K, VOther>
  readonly join: (value: V | null, other: VOther | null) => unknown
  readonly store: StoreFactory | undefined
  readonly sends: { readonly oldValues: boolean }
}): GraphNode {
  const { kind, name, thisName, otherName, left, right, leftView, rightView, join, store, sends } = parts
  const [leftSide, rightSide] = sides[kind]
  const joinLeft = (_key: K, value: V | null, other: VOther | null) => join(value, other)
  const joinRight = (_key: K, value: VOther | null, other: V | null) => join(other, value)
  return new GraphNode(
    name,
    (topology) => {
      topology.addProcessor({
        kind: 'processor',
        name: thisName,
        predecessors: [left.name],
        stores: new Set(),
        create: () =>
          new TableJoinNode({
            side: leftSide,
            openOther: rightView.open,
            join: joinLeft,
            sendOldValues: sends.oldValues,
            isVersioned: isVersioned(left.node),
          }),
      })
      topology.addProcessor({
        kind: 'processor',
        name: otherName,
        predecessors: [right.name],
        stores: new Set(),
        create: () =>
          new TableJoinNode({
            side: rightSide,
            openOther: leftView.open,
            join: joinRight,
            sendOldValues: sends.oldValues,
            isVersioned: isVersioned(right.node),
          }),
      })
      const create = () => new TableMergeNode({ storeName: store?.name, sendOldValues: sends.oldValues })
      topology.addProcessor({ kind: 'processor', name, predecessors: [thisName, otherName], stores: new Set(), create })
      if (store !== undefined) topology.addStore(store, name)
      topology.connect([thisName], rightView.storeNames)
      topology.connect([otherName], leftView.storeNames)
    },
    { isVersioned: store?.kind === 'versioned' },
  )
}

/** The join computed when asked for, from both tables' views. */
function joinedView<K, V, VOther, VOut>(
  kind: JoinKind,
  left: TableView<K, V>,
  right: TableView<K, VOther>,
  join: (value: V | null, other: VOther | null) => VOut | null,
): TableView<K, VOut> {
  return {
    storeNames: [...new Set([...left.storeNames, ...right.storeNames])],
    open: (context) => {
      const getLeft = left.open(context)
      const getRight = right.open(context)
      return (key) => {
        const mine = getLeft(key)
        if (mine === undefined && kind !== 'outer') return undefined
        const theirs = getRight(key)
        if (theirs === undefined && (kind === 'inner' || mine === undefined)) return undefined
        return joined(mine, theirs, join)
      }
    },
  }
}

function joined<V, VOther, VOut>(
  mine: ValueAndTimestamp<V> | undefined,
  theirs: ValueAndTimestamp<VOther> | undefined,
  join: (value: V | null, other: VOther | null) => VOut | null,
): ValueAndTimestamp<VOut> | undefined {
  const value = join(mine?.value ?? null, theirs?.value ?? null)
  return value === null ? undefined : { value, timestamp: Math.max(mine?.timestamp ?? -1, theirs?.timestamp ?? -1) }
}

function suffixed({ name }: Named, suffix: string): string | undefined {
  return name === undefined ? undefined : `${name}${suffix}`
}
