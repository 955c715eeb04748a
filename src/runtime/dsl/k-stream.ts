import { GraphNode } from '../graph/graph-node.ts'
import type { TopicNameExtractor } from '../graph/node-factory.ts'
import type { Processor } from '../node/processor-node.ts'
import type { RunningNode } from '../node/running-node.ts'
import {
  FilterNode,
  FlatMapNode,
  FlatMapValuesNode,
  MapNode,
  MapValuesNode,
  PassNode,
  PeekNode,
  SelectKeyNode,
} from '../node/stateless-nodes.ts'
import { internals, type Internals, needSerde } from './internals.ts'
import type { Makers } from './makers.ts'
import type { BranchedKStream, GlobalKTable, KGroupedStream, KStream, KTable } from './model.ts'
import type { Grouped, Joined, Materialized, Named, Produced, Repartitioned, StreamJoined } from './options.ts'
import { processorNode } from './processor-graph.ts'
import { type AsyncProcessor, type CallContext } from '../await/await-node.ts'
import type { AwaitOptions } from '../await/await-options.ts'
import { ForeachAsync, MapValuesAsync } from '../await/async-processors.ts'
import { awaitingNode } from './awaiting.ts'
import { processingNode, type ProcessOptions } from './processing.ts'
import { behind, repartitionNode } from './repartition.ts'
import type { Serde } from '../serde/serde.ts'
import { type StreamJoinKind, streamStreamJoin } from './stream-stream-join.ts'
import { streamGlobalJoin, streamTableJoin } from './stream-table-join.ts'
import { streamToTable } from './stream-to-table.ts'
import type { JoinWindows } from './windows.ts'

/** Kafka's `KStreamImpl`. */
export class StreamImplementation<K, V> implements KStream<K, V> {
  readonly [internals]: Internals<K, V>
  readonly #makers: Makers
  #repartition: GraphNode | undefined

  constructor(state: Internals<K, V>, makers: Makers) {
    this[internals] = state
    this.#makers = makers
  }

  filter(predicate: (key: K, value: V) => boolean, named: Named = {}): KStream<K, V> {
    return this.#same('KSTREAM-FILTER-', named, () => new FilterNode(predicate, true))
  }

  filterNot(predicate: (key: K, value: V) => boolean, named: Named = {}): KStream<K, V> {
    return this.#same('KSTREAM-FILTER-', named, () => new FilterNode(predicate, false))
  }

  peek(look: (key: K, value: V) => void, named: Named = {}): KStream<K, V> {
    return this.#same('KSTREAM-PEEK-', named, () => new PeekNode(look))
  }

  map<KOut, VOut>(map: (key: K, value: V) => readonly [KOut, VOut], named: Named = {}): KStream<KOut, VOut> {
    return this.#newKey('KSTREAM-MAP-', named, () => new MapNode(map))
  }

  flatMap<KOut, VOut>(
    map: (key: K, value: V) => Iterable<readonly [KOut, VOut]>,
    named: Named = {},
  ): KStream<KOut, VOut> {
    return this.#newKey('KSTREAM-FLATMAP-', named, () => new FlatMapNode(map))
  }

  mapValues<VOut>(map: (value: V, key: K) => VOut, named: Named = {}): KStream<K, VOut> {
    return this.#newValue('KSTREAM-MAPVALUES-', named, () => new MapValuesNode(map))
  }

  flatMapValues<VOut>(map: (value: V, key: K) => Iterable<VOut>, named: Named = {}): KStream<K, VOut> {
    return this.#newValue('KSTREAM-FLATMAPVALUES-', named, () => new FlatMapValuesNode(map))
  }

  selectKey<KOut>(select: (key: K, value: V) => KOut, named: Named = {}): KStream<KOut, V> {
    const name = this.#name('KSTREAM-KEY-SELECT-', named)
    const node = processorNode(name, () => new SelectKeyNode(select), { changesKey: true })
    this.#add(node)
    return this.#makers.stream<KOut, V>({ ...this[internals], name, node, keySerde: undefined, needsRepartition: true })
  }

  foreach(use: (key: K, value: V) => void, named: Named = {}): void {
    const name = this.#name('KSTREAM-FOREACH-', named)
    this.#add(processorNode(name, () => new PeekNode(use)))
  }

  print(write: (line: string) => void, { label, ...named }: Named & { readonly label?: string } = {}): void {
    const name = this.#name('KSTREAM-PRINTER-', named)
    const before = label ?? this[internals].name
    this.#add(
      processorNode(
        name,
        () => new PeekNode((key: K, value: V) => write(`[${before}]: ${String(key)}, ${String(value)}`)),
      ),
    )
  }

  merge(other: KStream<K, V>, named: Named = {}): KStream<K, V> {
    const mine = this[internals]
    const theirs = other[internals]
    const name = this.#name('KSTREAM-MERGE-', named)
    const node = processorNode(name, () => new PassNode(), { isMerge: true })
    mine.graph.add([mine.node, theirs.node], node)
    return this.#makers.stream({
      graph: mine.graph,
      name,
      node,
      // Kafka drops both, since neither side's serde is sure to write the other's records.
      keySerde: mine.keySerde === theirs.keySerde ? mine.keySerde : undefined,
      valueSerde: mine.valueSerde === theirs.valueSerde ? mine.valueSerde : undefined,
      sourceNodes: new Set([...mine.sourceNodes, ...theirs.sourceNodes]),
      needsRepartition: mine.needsRepartition || theirs.needsRepartition,
    })
  }

  groupByKey(grouped: Grouped<K, V> = {}): KGroupedStream<K, V> {
    return this.#makers.grouped(this[internals], grouped)
  }

  groupBy<KOut>(select: (key: K, value: V) => KOut, grouped: Grouped<KOut, V> = {}): KGroupedStream<KOut, V> {
    const name = this.#name('KSTREAM-KEY-SELECT-', grouped)
    const node = processorNode(name, () => new SelectKeyNode(select), { changesKey: true })
    this.#add(node)
    const state = { ...this[internals], name, node, keySerde: undefined, needsRepartition: true }
    return this.#makers.grouped<KOut, V>(state, grouped)
  }

  process<KOut, VOut>(supplier: () => Processor<K, V, KOut, VOut>, options: ProcessOptions = {}): KStream<KOut, VOut> {
    const name = this.#name('KSTREAM-PROCESSOR-', options)
    const node = processingNode(name, supplier, options)
    this.#add(node)
    const changed = { keySerde: undefined, valueSerde: undefined, needsRepartition: true }
    return this.#makers.stream<KOut, VOut>({ ...this[internals], name, node, ...changed })
  }

  processValues<VOut>(supplier: () => Processor<K, V, K, VOut>, options: ProcessOptions = {}): KStream<K, VOut> {
    const name = this.#name('KSTREAM-PROCESSVALUES-', options)
    const node = processingNode(name, supplier, options)
    this.#add(node)
    return this.#makers.stream<K, VOut>({ ...this[internals], name, node, valueSerde: undefined })
  }

  mapValuesAsync<VOut>(
    map: (value: V, key: K, call: CallContext) => Promise<VOut>,
    options: AwaitOptions<K, V> = {},
  ): KStream<K, VOut> {
    const name = this.#name('KSTREAM-MAPVALUES-', options)
    const { keySerde } = this[internals]
    const node = awaitingNode(name, () => new MapValuesAsync(map), options, { keySerde, changesValue: true })
    this.#add(node)
    return this.#makers.stream<K, VOut>({ ...this[internals], name, node, valueSerde: undefined })
  }

  foreachAsync(use: (key: K, value: V, call: CallContext) => Promise<void>, options: AwaitOptions<K, V> = {}): void {
    const { keySerde } = this[internals]
    const name = this.#name('KSTREAM-FOREACH-', options)
    this.#add(awaitingNode(name, () => new ForeachAsync(use), options, { keySerde }))
  }

  processAsync<Result, KOut, VOut>(
    supplier: () => AsyncProcessor<K, V, Result, KOut, VOut>,
    options: AwaitOptions<K, V> & ProcessOptions = {},
  ): KStream<KOut, VOut> {
    const { keySerde } = this[internals]
    const name = this.#name('KSTREAM-PROCESSOR-', options)
    const node = awaitingNode(name, supplier, options, { keySerde })
    this.#add(node)
    const changed = { keySerde: undefined, valueSerde: undefined, needsRepartition: true }
    return this.#makers.stream<KOut, VOut>({ ...this[internals], name, node, ...changed })
  }

  split(named: Named = {}): BranchedKStream<K, V> {
    return this.#makers.branched(this[internals], named)
  }

  repartition(repartitioned: Repartitioned<K, V> = {}): KStream<K, V> {
    const state = this[internals]
    const prefix = repartitioned.name ?? state.graph.processorName('KSTREAM-REPARTITION-')
    const keySerde = repartitioned.keySerde ?? state.keySerde
    const valueSerde = repartitioned.valueSerde ?? state.valueSerde
    const node = repartitionNode(state.graph, {
      prefix,
      isUnnamed: repartitioned.name === undefined,
      where: `repartition() to ${prefix}`,
      isMergeable: false,
      keySerde,
      valueSerde,
      partitions: repartitioned.partitions,
      partitioner: repartitioned.partitioner,
    })
    this.#add(node)
    return this.#makers.stream(behind(state, node, { keySerde, valueSerde }))
  }

  toTable(materialized: Materialized<K, V> = {}, named: Named = {}): KTable<K, V> {
    return this.#makers.table(streamToTable(this[internals], materialized, named))
  }

  join<VOther, VOut>(
    other: KStream<K, VOther>,
    join: (value: V, other: NoInfer<VOther>, key: K) => VOut,
    windows: JoinWindows,
    joined?: StreamJoined<K, V, VOther>,
  ): KStream<K, VOut>
  join<VTable, VOut>(
    table: KTable<K, VTable>,
    join: (value: V, tableValue: NoInfer<VTable>, key: K) => VOut,
    joined?: Joined<K, V>,
  ): KStream<K, VOut>
  join<KGlobal, VGlobal, VOut>(
    table: GlobalKTable<KGlobal, VGlobal>,
    selectKey: (key: K, value: V) => NoInfer<KGlobal> | null,
    join: (value: V, tableValue: NoInfer<VGlobal>, key: K) => VOut,
    named?: Named,
  ): KStream<K, VOut>
  join<VOut>(...how: readonly unknown[]): KStream<K, VOut> {
    return this.#joinAny<VOut>('inner', how)
  }

  leftJoin<VOther, VOut>(
    other: KStream<K, VOther>,
    join: (value: V, other: NoInfer<VOther> | null, key: K) => VOut,
    windows: JoinWindows,
    joined?: StreamJoined<K, V, VOther>,
  ): KStream<K, VOut>
  leftJoin<VTable, VOut>(
    table: KTable<K, VTable>,
    join: (value: V, tableValue: NoInfer<VTable> | null, key: K) => VOut,
    joined?: Joined<K, V>,
  ): KStream<K, VOut>
  leftJoin<KGlobal, VGlobal, VOut>(
    table: GlobalKTable<KGlobal, VGlobal>,
    selectKey: (key: K, value: V) => NoInfer<KGlobal> | null,
    join: (value: V, tableValue: NoInfer<VGlobal> | null, key: K) => VOut,
    named?: Named,
  ): KStream<K, VOut>
  leftJoin<VOut>(...how: readonly unknown[]): KStream<K, VOut> {
    return this.#joinAny<VOut>('left', how)
  }

  outerJoin<VOther, VOut>(
    other: KStream<K, VOther>,
    join: AnyJoin<K, V, VOther, VOut>,
    windows: JoinWindows,
    joined: StreamJoined<K, V, VOther> = {},
  ): KStream<K, VOut> {
    return this.#join('outer', [other, join, windows, joined])
  }

  to(topic: string | TopicNameExtractor<K, V>, produced: Produced<K, V> = {}): void {
    const state = this[internals]
    const name = this.#name('KSTREAM-SINK-', produced)
    const where = typeof topic === 'string' ? `to(${JSON.stringify(topic)})` : `the sink ${name}`
    const keySerde = needSerde(produced.keySerde ?? state.keySerde, 'keySerde', where)
    const valueSerde = needSerde(produced.valueSerde ?? state.valueSerde, 'valueSerde', where)
    const node = new GraphNode(name, (parts, predecessors) => {
      parts.addSink({
        kind: 'sink',
        name,
        predecessors,
        topic,
        keySerde,
        valueSerde,
        partitioner: produced.partitioner,
      })
    })
    this.#add(node)
  }

  #join<VOther, VOut>(
    kind: StreamJoinKind,
    [other, join, how, joined = {}]: JoinArguments<K, V, VOther, VOut>,
  ): KStream<K, VOut> {
    if (other instanceof StreamImplementation && isWindows(how)) {
      const left = this.repartitioned('-left', joined)
      const right = other.repartitioned('-right', { ...joined, valueSerde: joined.otherValueSerde })
      left.graph.copartitions.push(new Set([...left.sourceNodes, ...right.sourceNodes]))
      return this.#makers.stream(streamStreamJoin(kind, { left, right, join, windows: how, joined }))
    }
    const table = other[internals]
    if (!('source' in table)) throw new TypeError('a join of two streams needs windows: within({ differenceMs })')
    const options = how === undefined || isWindows(how) ? {} : how
    const stream = this.repartitioned('', options)
    return this.#makers.stream(streamTableJoin(stream, table, { join, joined: options, isLeft: kind === 'left' }))
  }

  /** The signatures above have seen to it that the arguments are those of one of them. */
  #joinAny<VOut>(kind: 'inner' | 'left', how: readonly unknown[]): KStream<K, VOut> {
    if (isGlobalJoin<K, V, unknown, unknown, VOut>(how)) return this.#joinGlobal(kind === 'left', how)
    if (isSideJoin<K, V, unknown, VOut>(how)) return this.#join(kind, how)
    throw new TypeError('a join needs the other side, and a function that joins the values')
  }

  #joinGlobal<KGlobal, VOther, VOut>(
    isLeft: boolean,
    [table, selectKey, join, named = {}]: GlobalJoinArguments<K, V, KGlobal, VOther, VOut>,
  ): KStream<K, VOut> {
    const { view } = table[internals]
    return this.#makers.stream(streamGlobalJoin(this[internals], view, { selectKey, join, named, isLeft }))
  }

  /** This stream behind a repartition topic, if its key was changed; unnamed joins of one stream share one. */
  repartitioned(
    suffix: string,
    joined: {
      readonly name?: string
      readonly keySerde?: Serde<K> | undefined
      readonly valueSerde?: Serde<V> | undefined
    },
  ): Internals<K, V> {
    const state = this[internals]
    if (!state.needsRepartition) return state
    const prefix = joined.name === undefined ? state.name : `${joined.name}${suffix}`
    const keySerde = joined.keySerde ?? state.keySerde
    const valueSerde = joined.valueSerde ?? state.valueSerde
    const where = `the repartition topic before a join (${prefix})`
    // The numbers are used up even where the node is shared.
    const made = repartitionNode(state.graph, {
      prefix,
      isUnnamed: joined.name === undefined,
      where,
      keySerde,
      valueSerde,
    })
    if (this.#repartition === undefined || prefix !== state.name) {
      this.#repartition = made
      this.#add(made)
    }
    const shared = behind(state, this.#repartition, { keySerde, valueSerde })
    return { ...shared, name: made.name, sourceNodes: new Set([made.name]) }
  }

  #same(prefix: string, named: Named, create: () => RunningNode<K, V>): KStream<K, V> {
    const name = this.#name(prefix, named)
    const node = processorNode(name, create)
    this.#add(node)
    return this.#makers.stream({ ...this[internals], name, node })
  }

  #newValue<VOut>(prefix: string, named: Named, create: () => RunningNode<K, VOut>): KStream<K, VOut> {
    const name = this.#name(prefix, named)
    const node = processorNode(name, create, { changesValue: true })
    this.#add(node)
    return this.#makers.stream<K, VOut>({ ...this[internals], name, node, valueSerde: undefined })
  }

  #newKey<KOut, VOut>(prefix: string, named: Named, create: () => RunningNode<KOut, VOut>): KStream<KOut, VOut> {
    const name = this.#name(prefix, named)
    const node = processorNode(name, create, { changesKey: true })
    this.#add(node)
    const changed = { keySerde: undefined, valueSerde: undefined, needsRepartition: true }
    return this.#makers.stream<KOut, VOut>({ ...this[internals], name, node, ...changed })
  }

  #name(prefix: string, named: Named): string {
    return this[internals].graph.processorName(prefix, named.name)
  }

  #add(node: GraphNode): void {
    const state = this[internals]
    state.graph.add(state.node, node)
  }
}

type AnySide<K, VOther> = KStream<K, VOther> | KTable<K, VOther>

/** A method type: each kind of join passes what its own signature in the model promises. */
type AnyJoin<K, V, VOther, VOut> = { apply(value: V | null, other: VOther | null, key: K): VOut }['apply']

type JoinArguments<K, V, VOther, VOut> = readonly [
  other: AnySide<K, VOther>,
  join: AnyJoin<K, V, VOther, VOut>,
  how?: JoinWindows | Joined<K, V>,
  joined?: StreamJoined<K, V, VOther>,
]

type GlobalJoinArguments<K, V, KGlobal, VOther, VOut> = readonly [
  table: GlobalKTable<KGlobal, VOther>,
  selectKey: (key: K, value: V) => KGlobal | null,
  join: { apply(value: V, other: VOther | null, key: K): VOut }['apply'],
  named?: Named,
]

function isGlobalJoin<K, V, KGlobal, VOther, VOut>(
  how: readonly unknown[],
): how is GlobalJoinArguments<K, V, KGlobal, VOther, VOut> {
  return typeof how[2] === 'function'
}

function isSideJoin<K, V, VOther, VOut>(how: readonly unknown[]): how is JoinArguments<K, V, VOther, VOut> {
  return typeof how[1] === 'function'
}

function isWindows(how: object | undefined): how is JoinWindows {
  return how !== undefined && 'kind' in how
}
