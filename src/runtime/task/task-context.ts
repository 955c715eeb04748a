import type { RecordCollector, RecordHeader } from '../../kafka/record.ts'
import { Lateness } from '../metrics/lateness.ts'
import { Spread } from '../metrics/spread.ts'
import type { TopicCount } from '../metrics/topic-count.ts'
import type { AwaitSurroundings, TaskAwaits } from '../await/task-awaits.ts'
import type { RecordCache } from '../store/record-cache.ts'
import type { StateStore } from '../store/state-store.ts'
import type { OpenEngine } from '../store/engine.ts'
import type { IdlingSurroundings } from './task-idling.ts'
import type { ErrorHandling } from './error-plan.ts'
import { noHeaders } from './no-headers.ts'
import { Punctuations } from './punctuations.ts'

/** What does not change while a task lives. */
export interface TaskFacts {
  readonly taskId: string
  readonly partition: number
  readonly applicationId: string
  readonly collector: RecordCollector
  readonly openEngine: OpenEngine
  readonly cache: RecordCache
  readonly errors: ErrorHandling
  /** When to wait for partitions that have nothing at hand; left out means never. */
  readonly idling?: IdlingSurroundings | undefined
  /** The largest record a sink may send; left out means any. */
  readonly maxRequestBytes?: number | undefined
  /** Somebody reads how old records are; else it is not measured. */
  readonly isWatched?: boolean | undefined
  /** How often, in wall-clock ms, final results of windows are looked for. */
  readonly emitIntervalMs: number
  /** Left out where nothing may await. */
  readonly awaiting?: AwaitSurroundings | undefined
  readonly log: (level: 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void
  /** Global stores, which every task may read; `own` where this is the context that keeps them up to date. */
  readonly globalStores: ReadonlyMap<string, StateStore> | 'own'
}

/** What was read, in bytes. Who asks may keep them. */
export interface RawRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

/** In a timer, and before the first record. */
export const noRaw: RawRecord = { key: null, value: null }

/**
 * The record a task works on, and where it is. One object per task, written in
 * place: nothing is allocated for a record that only passes through.
 *
 * `timestamp` and `headers` are those of the record a node is given; a node that
 * changes them for its children puts them back.
 */
export class TaskContext {
  readonly facts: TaskFacts
  readonly stores = new Map<string, StateStore>()
  topic = ''
  partition = -1
  offset = -1
  timestamp = -1
  headers: readonly RecordHeader[] = noHeaders
  /** The record at hand as it was read, for dead letters. */
  raw: RawRecord = noRaw
  /** The largest timestamp seen by the task, -1 before the first. */
  streamTime = -1
  /** Milliseconds since the epoch, -1 until the worker has said it. */
  wallClock = -1
  droppedRecords = 0
  /** There once an operator awaits. */
  awaits: TaskAwaits | undefined = undefined
  readonly lateness = new Lateness()
  /** How old records are at sources and where they end, in milliseconds, by node (KIP-613). */
  readonly latencies = new Map<string, Spread>()
  /** What sinks wrote, each with its topic. */
  readonly produced: TopicCount[] = []
  readonly streamTimers = new Punctuations()
  readonly wallTimers = new Punctuations()
  /** What nodes ask to be committed beside the offsets: Kafka's `ProcessorMetadata`. */
  readonly metadata = new Map<string, number>()

  constructor(facts: TaskFacts) {
    this.facts = facts
  }

  /** A store of this task, or a global one. */
  storeNamed(name: string): StateStore | undefined {
    const { globalStores } = this.facts
    return this.stores.get(name) ?? (globalStores === 'own' ? undefined : globalStores.get(name))
  }

  /** Undefined where nobody reads it: it costs some 20 ns a record and node. */
  latencyAt(node: string): Spread | undefined {
    if (this.facts.isWatched !== true) return undefined
    const known = this.latencies.get(node)
    if (known !== undefined) return known
    const made = new Spread()
    this.latencies.set(node, made)
    return made
  }

  /** Counts and tells of a record that Kafka Streams skips. */
  drop(reason: string): void {
    this.droppedRecords++
    this.facts.log('warn', `Skipping record due to ${reason}`, {
      topic: this.topic,
      partition: this.partition,
      offset: this.offset,
    })
  }
}
