import type { TopicNameExtractor } from '../graph/node-factory.ts'
import type { Serde } from '../serde/serde.ts'
import type { Internals, internals } from './internals.ts'
import type {
  Grouped,
  Joined,
  Materialized,
  Named,
  Produced,
  Repartitioned,
  StreamJoined,
  Suppressed,
  TableJoined,
  WindowMaterialized,
} from './options.ts'
import type { AsyncProcessor, CallContext } from '../await/await-node.ts'
import type { AwaitOptions } from '../await/await-options.ts'
import type { Windowed } from '../store/windowed.ts'
import type { Processor } from '../node/processor-node.ts'
import type { ValueTransformer } from '../node/transform-values-node.ts'
import type { ProcessOptions } from './processing.ts'
import type { GlobalInternals, TableInternals } from './table-internals.ts'
import type { JoinWindows, SessionWindows, SlidingWindows, TimeWindows } from './windows.ts'

/**
 * An endless series of records. Every operator gives a new stream and leaves this
 * one as it is; names and their numbers are those of Kafka Streams 4.3.1.
 *
 * Keys and values may be null on the wire (a tombstone, say). A stream whose
 * callbacks must meet nulls says so in its serde: `nullable(serdes.string)`.
 */
export interface KStream<K, V> {
  readonly [internals]: Internals<K, V>
  filter(predicate: (key: K, value: V) => boolean, named?: Named): KStream<K, V>
  filterNot(predicate: (key: K, value: V) => boolean, named?: Named): KStream<K, V>
  /** New key and value; marks the stream for repartitioning. `mapValues` does not. */
  map<KOut, VOut>(map: (key: K, value: V) => readonly [KOut, VOut], named?: Named): KStream<KOut, VOut>
  mapValues<VOut>(map: (value: V, key: K) => VOut, named?: Named): KStream<K, VOut>
  flatMap<KOut, VOut>(map: (key: K, value: V) => Iterable<readonly [KOut, VOut]>, named?: Named): KStream<KOut, VOut>
  flatMapValues<VOut>(map: (value: V, key: K) => Iterable<VOut>, named?: Named): KStream<K, VOut>
  /** New key; the stream is repartitioned before anything that needs equal keys together. */
  selectKey<KOut>(select: (key: K, value: V) => KOut, named?: Named): KStream<KOut, V>
  peek(look: (key: K, value: V) => void, named?: Named): KStream<K, V>
  foreach(use: (key: K, value: V) => void, named?: Named): void
  /** Writes `[label]: key, value` of every record; without a label it is this stream's own name. Kafka's `print`. */
  print(write: (line: string) => void, options?: Named & { readonly label?: string }): void
  /** Records of both, in no order between the two. */
  merge(other: KStream<K, V>, named?: Named): KStream<K, V>
  /** Each record goes to the first branch whose predicate holds. */
  split(named?: Named): BranchedKStream<K, V>
  /** A processor of one's own, with stores and timers; keys may change, so the stream is repartitioned where it must. */
  process<KOut, VOut>(supplier: () => Processor<K, V, KOut, VOut>, options?: ProcessOptions): KStream<KOut, VOut>
  /** A processor that forwards records with the key they came with; never repartitions. */
  processValues<VOut>(supplier: () => Processor<K, V, K, VOut>, options?: ProcessOptions): KStream<K, VOut>
  /** `mapValues` with a promise: the record goes on when the call has ended, and the order is that of `options`. */
  mapValuesAsync<VOut>(
    map: (value: V, key: K, call: CallContext) => Promise<VOut>,
    options?: AwaitOptions<K, V>,
  ): KStream<K, VOut>
  /** `foreach` with a promise: the record's offset is committed when the call has ended. */
  foreachAsync(use: (key: K, value: V, call: CallContext) => Promise<void>, options?: AwaitOptions<K, V>): void
  /** A processor that awaits between taking a record and going on with it. */
  processAsync<Result, KOut, VOut>(
    supplier: () => AsyncProcessor<K, V, Result, KOut, VOut>,
    options?: AwaitOptions<K, V> & ProcessOptions,
  ): KStream<KOut, VOut>
  /** Through a topic of this application's own, by key. */
  repartition(repartitioned?: Repartitioned<K, V>): KStream<K, V>
  /** The stream read as the changes of a table: a later value replaces the earlier one, null deletes. */
  toTable(materialized?: Materialized<K, V>, named?: Named): KTable<K, V>
  /** By the key the records have. Repartitions only where the key was changed before. */
  groupByKey(grouped?: Grouped<K, V>): KGroupedStream<K, V>
  /** By another key, through a repartition topic. */
  groupBy<KOut>(select: (key: K, value: V) => KOut, grouped?: Grouped<KOut, V>): KGroupedStream<KOut, V>
  /** With every record of the other stream that has the same key and lies in the window. */
  join<VOther, VOut>(
    other: KStream<K, VOther>,
    join: (value: V, other: NoInfer<VOther>, key: K) => VOut,
    windows: JoinWindows,
    joined?: StreamJoined<K, V, VOther>,
  ): KStream<K, VOut>
  /** The same, and a record of this stream alone with null, once its window has closed. */
  leftJoin<VOther, VOut>(
    other: KStream<K, VOther>,
    join: (value: V, other: NoInfer<VOther> | null, key: K) => VOut,
    windows: JoinWindows,
    joined?: StreamJoined<K, V, VOther>,
  ): KStream<K, VOut>
  /** The same for both streams. */
  outerJoin<VOther, VOut>(
    other: KStream<K, VOther>,
    join: (value: V | null, other: NoInfer<VOther> | null, key: K) => VOut,
    windows: JoinWindows,
    joined?: StreamJoined<K, V, VOther>,
  ): KStream<K, VOut>
  /** With the table's value at that moment; records without one are dropped. */
  join<VTable, VOut>(
    table: KTable<K, VTable>,
    join: (value: V, tableValue: NoInfer<VTable>, key: K) => VOut,
    joined?: Joined<K, V>,
  ): KStream<K, VOut>
  /** With the table's value at that moment, or null. */
  leftJoin<VTable, VOut>(
    table: KTable<K, VTable>,
    join: (value: V, tableValue: NoInfer<VTable> | null, key: K) => VOut,
    joined?: Joined<K, V>,
  ): KStream<K, VOut>
  /** With the value a global table has for the key that `selectKey` finds in the record; records without one are dropped. */
  join<KGlobal, VGlobal, VOut>(
    table: GlobalKTable<KGlobal, VGlobal>,
    selectKey: (key: K, value: V) => NoInfer<KGlobal> | null,
    join: (value: V, tableValue: NoInfer<VGlobal>, key: K) => VOut,
    named?: Named,
  ): KStream<K, VOut>
  /** With that value, or null. */
  leftJoin<KGlobal, VGlobal, VOut>(
    table: GlobalKTable<KGlobal, VGlobal>,
    selectKey: (key: K, value: V) => NoInfer<KGlobal> | null,
    join: (value: V, tableValue: NoInfer<VGlobal> | null, key: K) => VOut,
    named?: Named,
  ): KStream<K, VOut>
  to(topic: string | TopicNameExtractor<K, V>, produced?: Produced<K, V>): void
}

/** A topic that every stream thread holds whole: Kafka's `GlobalKTable`. Only streams join it. */
export interface GlobalKTable<K, V> {
  readonly [internals]: GlobalInternals<K, V>
  /** The store's name, where one was given: what may be asked for from outside. */
  readonly queryableStoreName: string | undefined
}

/** A stream being split: Kafka's `BranchedKStream`. The map's keys are the names of the branches' nodes. */
export interface BranchedKStream<K, V> {
  branch(predicate: (key: K, value: V) => boolean, branched?: Branched<K, V>): BranchedKStream<K, V>
  defaultBranch(branched?: Branched<K, V>): ReadonlyMap<string, KStream<K, V>>
  noDefaultBranch(): ReadonlyMap<string, KStream<K, V>>
}

/** One branch of a split stream: Kafka's `Branched`. The name is put behind the split's own. */
export interface Branched<K, V> extends Named {
  /** Takes the branch; it is then not in the map of branches. */
  readonly consume?: (branch: KStream<K, V>) => void
}

/** When a windowed table tells of its results: at every update, or once a window is closed. */
type Emit = 'on-update' | 'on-close'

/** Grouped records within time windows. */
export interface TimeWindowedKStream<K, V> {
  emit(strategy: Emit): TimeWindowedKStream<K, V>
  count(materialized?: WindowMaterialized<K, number>, named?: Named): KTable<Windowed<K>, number>
  reduce(
    reduce: (aggregate: V, value: V) => V | null,
    materialized?: WindowMaterialized<K, V>,
    named?: Named,
  ): KTable<Windowed<K>, V>
  aggregate<A>(
    initialize: () => A,
    add: (key: K, value: V, aggregate: A) => A | null,
    materialized: WindowMaterialized<K, A> & { readonly valueSerde: Serde<A> },
    named?: Named,
  ): KTable<Windowed<K>, A>
}

/** Grouped records within sessions; a record may join two sessions into one. */
export interface SessionWindowedKStream<K, V> {
  emit(strategy: Emit): SessionWindowedKStream<K, V>
  count(materialized?: WindowMaterialized<K, number>, named?: Named): KTable<Windowed<K>, number>
  reduce(
    reduce: (aggregate: V, value: V) => V | null,
    materialized?: WindowMaterialized<K, V>,
    named?: Named,
  ): KTable<Windowed<K>, V>
  aggregate<A>(
    aggregation: {
      readonly initialize: () => A
      readonly add: (key: K, value: V, aggregate: A) => A | null
      readonly merge: (key: K, one: A, two: A) => A | null
    },
    materialized: WindowMaterialized<K, A> & { readonly valueSerde: Serde<A> },
    named?: Named,
  ): KTable<Windowed<K>, A>
}

/** Records by key, ready to become a table. Records with a null key or value are dropped. */
export interface KGroupedStream<K, V> {
  /** Together with other groupings of the same key into one table. */
  cogroup<A>(add: (key: K, value: V, aggregate: A) => A | null): CogroupedKStream<K, A>
  windowedBy(windows: SessionWindows): SessionWindowedKStream<K, V>
  windowedBy(windows: TimeWindows | SlidingWindows): TimeWindowedKStream<K, V>
  /** How many records each key has had. */
  count(materialized?: Materialized<K, number>, named?: Named): KTable<K, number>
  /** The first value of a key is kept, each later one combined with it. Null deletes. */
  reduce(reduce: (aggregate: V, value: V) => V | null, materialized?: Materialized<K, V>, named?: Named): KTable<K, V>
  aggregate<A>(
    initialize: () => A,
    add: (key: K, value: V, aggregate: A) => A | null,
    materialized: Materialized<K, A> & { readonly valueSerde: Serde<A> },
    named?: Named,
  ): KTable<K, A>
}

/** Groupings whose values make one aggregate: Kafka's `CogroupedKStream`. */
export interface CogroupedKStream<K, A> {
  cogroup<V>(grouped: KGroupedStream<K, V>, add: (key: K, value: V, aggregate: A) => A | null): CogroupedKStream<K, A>
  windowedBy(windows: SessionWindows): SessionWindowedCogroupedKStream<K, A>
  windowedBy(windows: TimeWindows | SlidingWindows): TimeWindowedCogroupedKStream<K, A>
  aggregate(
    initialize: () => A,
    materialized: Materialized<K, A> & { readonly valueSerde: Serde<A> },
    named?: Named,
  ): KTable<K, A>
}

/** Cogrouped records within time windows. */
export interface TimeWindowedCogroupedKStream<K, A> {
  aggregate(
    initialize: () => A,
    materialized: WindowMaterialized<K, A> & { readonly valueSerde: Serde<A> },
    named?: Named,
  ): KTable<Windowed<K>, A>
}

/** Cogrouped records within sessions. */
export interface SessionWindowedCogroupedKStream<K, A> {
  aggregate(
    aggregation: {
      readonly initialize: () => A
      readonly merge: (key: K, one: A, two: A) => A | null
    },
    materialized: WindowMaterialized<K, A> & { readonly valueSerde: Serde<A> },
    named?: Named,
  ): KTable<Windowed<K>, A>
}

/** The latest value of every key, and the changes that led to it. */
export interface KTable<K, V> {
  readonly [internals]: TableInternals<K, V>
  /** Values that do not pass are as good as deleted. */
  filter(predicate: (key: K, value: V) => boolean, materialized?: Materialized<K, V>, named?: Named): KTable<K, V>
  filterNot(predicate: (key: K, value: V) => boolean, materialized?: Materialized<K, V>, named?: Named): KTable<K, V>
  mapValues<VOut>(
    map: (value: V, key: K) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named?: Named,
  ): KTable<K, VOut>
  /** Values by a transformer of one's own, with stores and timers; it meets null where a key was deleted. */
  transformValues<VOut>(
    supplier: () => ValueTransformer<K, V, VOut>,
    materialized?: Materialized<K, VOut>,
    options?: ProcessOptions,
  ): KTable<K, VOut>
  /** Holds updates back: for final results of windows, or for fewer updates. */
  suppress(suppressed: Suppressed): KTable<K, V>
  /** Every change as a record: the new value, or null where the key was deleted. */
  toStream(named?: Named): KStream<K, V>
  /** By another key, through a repartition topic: a change takes the old pair away and adds the new one. */
  groupBy<KOut, VOut>(
    select: (key: K, value: V) => readonly [KOut | null, VOut | null],
    grouped: Grouped<KOut, VOut>,
  ): KGroupedTable<KOut, VOut>
  join<VOther, VOut>(
    other: KTable<K, VOther>,
    join: (value: V, other: NoInfer<VOther>) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named?: Named,
  ): KTable<K, VOut>
  leftJoin<VOther, VOut>(
    other: KTable<K, VOther>,
    join: (value: V, other: NoInfer<VOther> | null) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named?: Named,
  ): KTable<K, VOut>
  /** With the other table's value for a key that `foreignKey` finds in the row; many rows may have one. */
  join<KOther, VOther, VOut>(
    other: KTable<KOther, VOther>,
    foreignKey: (value: V, key: K) => NoInfer<KOther> | null,
    join: (value: V, other: NoInfer<VOther>) => VOut | null,
    materialized?: Materialized<K, VOut>,
    joined?: TableJoined<K, V, NoInfer<KOther>, NoInfer<VOther>>,
  ): KTable<K, VOut>
  /** With that value, or null. */
  leftJoin<KOther, VOther, VOut>(
    other: KTable<KOther, VOther>,
    foreignKey: (value: V, key: K) => NoInfer<KOther> | null,
    join: (value: V, other: NoInfer<VOther> | null) => VOut | null,
    materialized?: Materialized<K, VOut>,
    joined?: TableJoined<K, V, NoInfer<KOther>, NoInfer<VOther>>,
  ): KTable<K, VOut>
  outerJoin<VOther, VOut>(
    other: KTable<K, VOther>,
    join: (value: V | null, other: NoInfer<VOther> | null) => VOut | null,
    materialized?: Materialized<K, VOut>,
    named?: Named,
  ): KTable<K, VOut>
}

/** A table's pairs by a new key. The subtractor runs before the adder. */
export interface KGroupedTable<K, V> {
  count(materialized?: Materialized<K, number>, named?: Named): KTable<K, number>
  reduce(
    add: (aggregate: V, value: V) => V | null,
    subtract: (aggregate: V, value: V) => V | null,
    materialized?: Materialized<K, V>,
    named?: Named,
  ): KTable<K, V>
  aggregate<A>(
    aggregation: {
      readonly initialize: () => A
      readonly add: (key: K, value: V, aggregate: A) => A | null
      readonly subtract: (key: K, value: V, aggregate: A) => A | null
    },
    materialized: Materialized<K, A> & { readonly valueSerde: Serde<A> },
    named?: Named,
  ): KTable<K, A>
}
