import { GraphNode } from '../graph/graph-node.ts'
import { TopologyError } from '../graph/topology-error.ts'
import type { TopologyParts } from '../graph/topology-parts.ts'
import { StreamTableJoinNode } from '../node/stream-table-join-node.ts'
import type { Joined, Named } from './options.ts'
import type { TableInternals, TableView } from './table-internals.ts'
import { JoinBufferStore } from '../store/join-buffer-store.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import { type Internals, needSerde } from './internals.ts'

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
  const { graceMs } = joined
  if (graceMs !== undefined && table.node.isVersioned === false) throw notVersioned()
  const buffer = graceMs === undefined ? undefined : bufferStore(name, graceMs, stream, joined)
  if (buffer !== undefined && joined.name === undefined) graph.unnamed.noteStore(buffer.name, buffer)
  const view = table.source.view()
  const create = () =>
    new StreamTableJoinNode<K, V, K, VTable, VOut>({
      isLeft,
      openTable: view.open,
      selectKey: (key) => key,
      join: (key, value, tableValue) => join(value, tableValue, key),
      bufferName: buffer?.name,
    })
  const node = new GraphNode(
    name,
    (parts, predecessors) => {
      parts.addProcessor({ kind: 'processor', name, predecessors, stores: new Set(), create })
      if (buffer !== undefined) parts.addStore(buffer, name)
      parts.connect([name], view.storeNames)
      if (graceMs !== undefined) checkHistory(parts, view.storeNames, graceMs)
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

function bufferStore<K, V>(join: string, graceMs: number, stream: Internals<K, V>, joined: Joined<K, V>): StoreFactory {
  const name = `${join}-Buffer`
  const keySerde = needSerde(joined.keySerde ?? stream.keySerde, 'keySerde', `the buffer of the join ${join}`)
  const valueSerde = needSerde(joined.valueSerde ?? stream.valueSerde, 'valueSerde', `the buffer of the join ${join}`)
  return {
    name,
    kind: 'buffer',
    persistent: true,
    logged: true,
    cached: false,
    retentionMs: undefined,
    keepsDuplicates: false,
    changelogConfig: {},
    open: (context) => new JoinBufferStore({ name, keySerde, valueSerde, graceMs }, context),
  }
}

/** The table must still know, when a record is let go, what held at the record's time. */
function checkHistory(parts: TopologyParts, stores: readonly string[], graceMs: number): void {
  for (const name of stores) {
    const factory = parts.stores.get(name)?.factory
    if (factory?.kind !== 'versioned') throw notVersioned()
    if (graceMs > (factory.retentionMs ?? 0))
      throw new TopologyError('History retention must be at least grace period.')
  }
}

function notVersioned(): TopologyError {
  return new TopologyError('KTable must be versioned to use a grace period in a stream table join.')
}
