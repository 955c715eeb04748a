import type { RecordBatch, RecordCollector, TopicPartition } from '../../kafka/record.ts'
import type { TaskId } from '../../topology/task-id.ts'
import type { AwaitSurroundings, TaskAwaits } from '../await/task-awaits.ts'
import type { TaskCounts } from '../metrics/task-counts.ts'
import type { OpenEngine } from '../store/engine.ts'
import type { StateStore } from '../store/state-store.ts'
import type { IdlingSurroundings } from './task-idling.ts'
import type { ErrorHandling } from './error-plan.ts'

/**
 * One stream task as the worker sees it. Everything here is synchronous: a task
 * works on records that were fetched, sends into a collector that buffers, and
 * writes to stores on this thread. The worker alone waits.
 *
 * Topic names here are wire names: with cluster prefix and application id.
 *
 * Invariants
 *   T1  `committable` covers only records whose processing has ended.
 *   T2  Nothing is lost between `flush` and `commit`: a crash there repeats, never skips.
 *   T3  A store is written with the changelog offset it corresponds to, in one transaction (StoreEngine E1).
 */
export interface StreamTask {
  readonly id: TaskId
  readonly sources: readonly TopicPartition[]
  readonly changelogs: readonly TaskChangelog[]

  /** Its state stores, by name: for reading from outside, between two steps. */
  readonly stores: ReadonlyMap<string, StateStore>
  /** What it did so far, for metrics. */
  readonly counts: TaskCounts
  /** How old the record at hand is, in ms by its own time; negative where that lies ahead. */
  readonly ageMs: number

  /** Operators that await; undefined where everything is synchronous. */
  readonly awaits: TaskAwaits | undefined
  /** Something awaited must come to an end before this task is committed: it has state, or a timer asked. */
  readonly mustSettle: boolean
  /** Whether `process` would do something at this moment. */
  readonly hasWork: boolean

  /** Takes fetched records of one of `sources`; they are processed in the order of Kafka Streams' PartitionGroup. */
  enqueue(batch: RecordBatch): void
  /** Records waiting or awaited, by source topic: the worker pauses a partition above its bound. */
  buffered(source: TopicPartition): number

  /** Sends on what was awaited, processes at most `max` records and returns how many. Wall clock is handed in. */
  process(max: number, nowMs: number): number
  /** Fires punctuators that are due. Returns how many fired. */
  punctuate(nowMs: number): number

  /** Empties the caches: downstream and changelog records go to the collector. First half of a commit. */
  flush(): void
  /** What to commit to the group: per source partition the next offset, and stream time as Kafka Streams encodes it. */
  committable(): readonly CommittableOffset[]
  /** Second half of a commit: the broker has everything; stores persist with `changelogOffsets` (next offset by changelog topic). */
  commit(changelogOffsets: ReadonlyMap<string, number>): void

  /** Stream time found in the committed metadata, at start. */
  resumeAt(source: TopicPartition, offset: number, metadata: string): void
  /** Writes changelog records into the store before the task runs. */
  restore(changelog: TaskChangelog, batch: RecordBatch): void

  /** Frees stores without writing anything. */
  close(): void
}

export interface CommittableOffset extends TopicPartition {
  /** The next offset to read. */
  readonly offset: number
  /** What Kafka Streams puts beside it: `TopicPartitionMetadata`, base64. */
  readonly metadata: string
}

export interface TaskChangelog extends TopicPartition {
  readonly store: string
  /** It is the topic that the task reads the table from: the store is restored to what was committed, and not written to it. */
  readonly isSource: boolean
  /** Where restore goes on: the store's own offset, or undefined for the beginning. */
  readonly offset: number | undefined
}

export interface TaskSurroundings {
  /** `application.id`, prefix included. */
  readonly applicationId: string
  /** The cluster's prefix for user topics that the topology names without it; left out means none. */
  readonly topicPrefix?: string
  readonly collector: RecordCollector
  readonly openEngine: OpenEngine
  /** The world of operators that await; left out, a topology that has them is refused. */
  readonly awaiting?: AwaitSurroundings
  /** What happens with records that fail; left out, the task does. */
  readonly errors?: ErrorHandling
  /** The wall clock, for timestamp extractors; left out, what `process` was last told. */
  readonly now?: () => number
  /** Wall-clock ms between two looks for final results of windows; left out means Kafka's 1000. */
  readonly emitIntervalMs?: number
  /** When to wait for partitions that have nothing at hand; left out means never (`max.task.idle.ms` -1). */
  readonly idling?: IdlingSurroundings
  /** The largest record a sink may send; left out means any. */
  readonly maxRequestBytes?: number
  /** Whether somebody reads how old records are; left out means no. */
  readonly isWatched?: boolean
  /** Bytes of record cache this task may use; 0 switches caching off. */
  readonly cacheBytes: number
  readonly log: (level: 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void
  /** What the topology's global tables and stores hold; left out where it has none. */
  readonly globalStores?: ReadonlyMap<string, StateStore>
}
