import { GraphNode } from '../graph/graph-node.ts'
import type { TopologyParts } from '../graph/topology-parts.ts'
import { SelfJoinNode } from '../node/self-join-node.ts'
import { PassNode } from '../node/stateless-nodes.ts'
import { type JoinClock, JoinWindowNode, StreamJoinNode, type StreamJoinOptions } from '../node/stream-join-node.ts'
import type { Serde } from '../serde/serde.ts'
import { JoinWindowStore } from '../store/join-window-store.ts'
import { OuterJoinStore } from '../store/outer-join-store.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import type { TaskContext } from '../task/task-context.ts'
import { type Internals, needSerde } from './internals.ts'
import type { StreamJoined } from './options.ts'
import { processorNode } from './processor-graph.ts'
import type { JoinWindows } from './windows.ts'

export type StreamJoinKind = 'inner' | 'left' | 'outer'

export interface StreamStreamJoin<K, V, VOther, VOut> {
  readonly left: Internals<K, V>
  readonly right: Internals<K, VOther>
  readonly join: (value: V | null, other: VOther | null, key: K) => VOut
  readonly windows: JoinWindows
  readonly joined: StreamJoined<K, V, VOther>
}

/** Kafka's `KStreamImplJoin`: both sides behind their repartition topics already, if they needed one. */
export function streamStreamJoin<K, V, VOther, VOut>(
  kind: StreamJoinKind,
  how: StreamStreamJoin<K, V, VOther, VOut>,
): Internals<K, VOut> {
  const { left, right, joined } = how
  const { graph } = left
  const names = joinNames(kind, how)
  const stores = joinStores(kind, how, names)
  if (joined.storeName === undefined)
    for (const store of [stores.left, stores.right, stores.outer])
      if (store !== undefined) graph.unnamed.noteStore(store.name, store)
  const leftWindow = processorNode(names.leftWindow, () => new JoinWindowNode(stores.left.name), {
    stores: () => [stores.left],
  })
  const rightWindow = processorNode(names.rightWindow, () => new JoinWindowNode(stores.right.name), {
    stores: () => [stores.right],
  })
  graph.add(left.node, leftWindow)
  graph.add(right.node, rightWindow)
  const role = { kind: 'stream-join' as const, rightWindow: names.rightWindow, isSelfJoin: false }
  const node = new GraphNode(
    names.merge,
    (parts) => {
      if (role.isSelfJoin) writeSelfJoin(parts, how, { ...names, stores })
      else writeJoin(parts, kind, how, { ...names, stores })
    },
    { role, joinsNullKeys: kind !== 'inner' },
  )
  graph.add([left.node, right.node], node)
  return {
    graph,
    name: names.merge,
    node,
    keySerde: joined.keySerde ?? left.keySerde,
    valueSerde: undefined,
    sourceNodes: new Set([...left.sourceNodes, ...right.sourceNodes]),
    needsRepartition: false,
  }
}

interface JoinNames {
  readonly leftWindow: string
  readonly rightWindow: string
  readonly left: string
  readonly right: string
  readonly merge: string
  readonly leftStore: string
  readonly rightStore: string
  readonly outerStore: string
}

function joinNames<K, V, VOther, VOut>(
  kind: StreamJoinKind,
  { left: { graph }, joined }: StreamStreamJoin<K, V, VOther, VOut>,
): JoinNames {
  const { name, storeName } = joined
  const given = (suffix: string) => (name === undefined ? undefined : `${name}${suffix}`)
  const leftSuffix = kind === 'outer' ? '-outer-this-join' : '-this-join'
  const rightSuffix = kind === 'inner' ? '-other-join' : '-outer-other-join'
  const leftWindow = graph.processorName('KSTREAM-WINDOWED-', name, '-this-windowed')
  const rightWindow = graph.processorName('KSTREAM-WINDOWED-', name, '-other-windowed')
  const left = graph.processorName(kind === 'outer' ? 'KSTREAM-OUTERTHIS-' : 'KSTREAM-JOINTHIS-')
  const right = graph.processorName(kind === 'inner' ? 'KSTREAM-JOINOTHER-' : 'KSTREAM-OUTEROTHER-')
  const merge = graph.processorName('KSTREAM-MERGE-', name, '-merge')
  return {
    leftWindow,
    rightWindow,
    left: given(leftSuffix) ?? left,
    right: given(rightSuffix) ?? right,
    merge,
    leftStore: `${storeName === undefined ? left : `${storeName}${leftSuffix}`}-store`,
    rightStore: `${storeName === undefined ? right : `${storeName}${rightSuffix}`}-store`,
    outerStore: `${sharedName(kind, left, storeName)}-store`,
  }
}

function sharedName(kind: StreamJoinKind, left: string, storeName: string | undefined): string {
  if (storeName === undefined) return `KSTREAM-OUTERSHARED-${left.slice(-10)}`
  return `${storeName}${kind === 'outer' ? '-outer-shared-join' : '-left-shared-join'}`
}

interface JoinStores {
  readonly left: StoreFactory
  readonly right: StoreFactory
  readonly outer: StoreFactory | undefined
}

function joinStores<K, V, VOther, VOut>(
  kind: StreamJoinKind,
  { left, right, windows, joined }: StreamStreamJoin<K, V, VOther, VOut>,
  names: JoinNames,
): JoinStores {
  const where = `the join ${names.merge}`
  const keySerde = needSerde(joined.keySerde ?? left.keySerde, 'keySerde', where)
  const leftSerde = needSerde(joined.valueSerde ?? left.valueSerde, 'valueSerde', where)
  const rightSerde = needSerde(joined.otherValueSerde ?? right.valueSerde, 'otherValueSerde', where)
  const common = {
    persistent: joined.store !== 'in-memory',
    logged: joined.logging !== false,
    cached: false,
    changelogConfig: joined.logging === false ? {} : (joined.logging ?? {}),
  }
  const retentionMs = windows.beforeMs + windows.afterMs + windows.graceMs
  const windowStore = (name: string, valueSerde: Serde<V> | Serde<VOther>): StoreFactory => ({
    ...common,
    name,
    kind: 'window',
    retentionMs,
    keepsDuplicates: true,
    open: (context) =>
      new JoinWindowStore<unknown, unknown>({ ...common, name, keySerde, valueSerde, retentionMs }, context),
  })
  return {
    left: windowStore(names.leftStore, leftSerde),
    right: windowStore(names.rightStore, rightSerde),
    outer:
      kind === 'inner'
        ? undefined
        : {
            ...common,
            name: names.outerStore,
            kind: 'key-value',
            retentionMs: undefined,
            keepsDuplicates: false,
            open: (context) =>
              new OuterJoinStore({ ...common, name: names.outerStore, keySerde, leftSerde, rightSerde }, context),
          },
  }
}

function writeSelfJoin<K, V, VOther, VOut>(
  parts: TopologyParts,
  { join, windows }: StreamStreamJoin<K, V, VOther, VOut>,
  names: JoinNames & { readonly stores: JoinStores },
): void {
  const { beforeMs, afterMs, graceMs } = windows
  const storeName = names.stores.left.name
  const retentionMs = beforeMs + afterMs + graceMs
  const create = () => new SelfJoinNode<K, V & VOther, VOut>({ storeName, beforeMs, afterMs, retentionMs, join })
  const predecessors = [names.leftWindow]
  parts.addProcessor({ kind: 'processor', name: names.merge, predecessors, stores: new Set(), create })
  parts.addStore(names.stores.left, names.merge)
}

function writeJoin<K, V, VOther, VOut>(
  parts: TopologyParts,
  kind: StreamJoinKind,
  { join, windows }: StreamStreamJoin<K, V, VOther, VOut>,
  names: JoinNames & { readonly stores: JoinStores },
): void {
  const { stores } = names
  const clockOf = sharedClock()
  const shared = { graceMs: windows.graceMs, outerStore: stores.outer?.name, clockOf }
  const leftSide: StreamJoinOptions<K, V, VOther, VOut> = {
    ...shared,
    isLeft: true,
    isOuter: kind !== 'inner',
    beforeMs: windows.beforeMs,
    afterMs: windows.afterMs,
    otherStore: stores.right.name,
    join,
  }
  const rightSide: StreamJoinOptions<K, VOther, V, VOut> = {
    ...shared,
    isLeft: false,
    isOuter: kind === 'outer',
    beforeMs: windows.afterMs,
    afterMs: windows.beforeMs,
    otherStore: stores.left.name,
    join: (value, other, key) => join(other, value, key),
  }
  const processor = { kind: 'processor' as const }
  const create = () => new PassNode()
  parts.addProcessor({
    ...processor,
    name: names.left,
    predecessors: [names.leftWindow],
    stores: new Set(),
    create: () => new StreamJoinNode(leftSide),
  })
  for (const store of [stores.right, stores.outer]) if (store !== undefined) parts.addStore(store, names.left)
  parts.addProcessor({
    ...processor,
    name: names.right,
    predecessors: [names.rightWindow],
    stores: new Set(),
    create: () => new StreamJoinNode(rightSide),
  })
  for (const store of [stores.left, stores.outer]) if (store !== undefined) parts.addStore(store, names.right)
  parts.addProcessor({
    ...processor,
    name: names.merge,
    predecessors: [names.left, names.right],
    stores: new Set(),
    create,
  })
}

/** Both sides of a join in one task share one clock. */
function sharedClock(): (context: TaskContext) => JoinClock {
  const clocks = new WeakMap<TaskContext, JoinClock>()
  return (context) => {
    const held = clocks.get(context)
    if (held !== undefined) return held
    const clock = { streamTime: -1, minTime: Number.MAX_SAFE_INTEGER, nextEmitMs: 0 }
    clocks.set(context, clock)
    return clock
  }
}
