import { type GraphNode, isVersionedAbove } from '../graph/graph-node.ts'
import type { StreamGraph } from '../graph/stream-graph.ts'
import { TopologyError } from '../graph/topology-error.ts'
import { suppressBuffer, SuppressNode, type SuppressOptions } from '../node/suppress-node.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import { SuppressBuffer } from '../store/suppress-buffer.ts'
import { Windowed } from '../store/windowed.ts'
import { needSerde } from './internals.ts'
import type { Suppressed } from './options.ts'
import { processorNode } from './processor-graph.ts'
import type { TableInternals, TableView } from './table-internals.ts'

/** Kafka's `KTableImpl.suppress`. A given name uses up no number at all. */
export function suppressTable<K, V>(table: TableInternals<K, V>, suppressed: Suppressed): TableInternals<K, V> {
  const { graph } = table
  if (table.node.isVersioned === true) throw new TopologyError('suppress() is only supported for non-versioned KTables')
  const name = suppressed.name ?? graph.processorName('KTABLE-SUPPRESS-')
  const hold = holdOf(table.node, suppressed)
  const logged = suppressed.logging !== false
  const storeName = bufferName(graph, suppressed.name, logged)
  const keySerde = needSerde(table.keySerde, 'keySerde', `suppress (${name})`)
  const valueSerde = needSerde(table.valueSerde, 'valueSerde', `suppress (${name})`)
  const store: StoreFactory = {
    name: storeName,
    kind: 'buffer',
    persistent: false,
    logged,
    cached: false,
    retentionMs: undefined,
    keepsDuplicates: false,
    changelogConfig: suppressed.logging === false ? {} : (suppressed.logging ?? {}),
    open: (context) => new SuppressBuffer({ name: storeName, keySerde, valueSerde, logged }, context),
  }
  const options: SuppressOptions<K> = {
    storeName,
    ...hold,
    maxRecords: suppressed.maxRecords ?? Number.POSITIVE_INFINITY,
    maxBytes: suppressed.maxBytes ?? Number.POSITIVE_INFINITY,
    whenFull: suppressed.whenFull ?? (suppressed.until === 'window-close' ? 'shut-down' : 'emit'),
  }
  const node = processorNode(name, () => new SuppressNode(options), { stores: () => [store], isVersioned: false })
  graph.checks.push(() => {
    if (!isVersionedAbove(node)) return
    throw new TopologyError(
      'suppress() is only supported for non-versioned KTables (note that version semantics might be inherited from upstream)',
    )
  })
  graph.add(table.node, node)
  // The prior value of what is held back must be known.
  table.source.sendOldValues(true)
  return {
    ...table,
    name,
    node,
    sourceNodes: new Set([table.name]),
    storeName: undefined,
    source: {
      sendOldValues: (force) => table.source.sendOldValues(force),
      view: () => suppressedView(table.source.view(), storeName),
    },
  }
}

/** How long, from when, and whether a deletion may be swallowed. */
function holdOf<K>(
  node: GraphNode,
  { until }: Suppressed,
): Pick<SuppressOptions<K>, 'holdMs' | 'timeOf' | 'dropsTombstones'> {
  if (until !== 'window-close') {
    return { holdMs: until.timeLimitMs, timeOf: (timestamp) => timestamp, dropsTombstones: false }
  }
  return {
    holdMs: graceAbove(node, ''),
    timeOf: (timestamp, key) => (key instanceof Windowed ? key.window.end : timestamp),
    dropsTombstones: true,
  }
}

/** The grace of the windowed aggregation above, or Kafka's refusal where there is none. */
function graceAbove(node: GraphNode, chain: string): number {
  if (node.graceMs !== undefined) return node.graceMs
  const longer = chain === '' ? node.name : `${node.name}->${chain}`
  if (node.parents.size === 0) {
    throw new TopologyError(`Window close time is only defined for windowed computations. Got [${longer}].`)
  }
  return Math.max(...[...node.parents].map((parent) => graceAbove(parent, longer)))
}

/** What is downstream: the prior value where an update is held back, else the table's own. */
function suppressedView<K, V>(parent: TableView<K, V>, storeName: string): TableView<K, V> {
  return {
    storeNames: [...parent.storeNames, storeName],
    open: (context) => {
      const get = parent.open(context)
      const buffer = suppressBuffer<K, V>(context, storeName)
      return (key) => {
        const prior = buffer.priorValue(key)
        if (prior === undefined) return get(key)
        return prior.value === null ? undefined : { value: prior.value, timestamp: -1 }
      }
    },
  }
}

function bufferName(graph: StreamGraph, given: string | undefined, logged: boolean): string {
  if (given !== undefined) return `${given}-store`
  const generated = graph.storeName('KTABLE-SUPPRESS-')
  if (logged) graph.unnamed.noteChangelogOf(generated)
  return generated
}
