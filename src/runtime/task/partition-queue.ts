import type { RecordBatch, TopicPartition } from '../../kafka/record.ts'
import type { Spread } from '../metrics/spread.ts'
import { TopicCount } from '../metrics/topic-count.ts'
import type { SourceFactory } from '../graph/node-factory.ts'
import type { RunningNode } from '../node/running-node.ts'
import { fromBytes } from '../serde/serde.ts'
import { isOwn } from '../serde/serdes.ts'
import type { UnreadRecord } from './error-plan.ts'
import type { RawRecord, TaskContext } from './task-context.ts'

/** A source node at work. */
export interface RunningSource {
  readonly factory: SourceFactory
  readonly children: readonly RunningNode[]
  readonly latency: Spread | undefined
}

/** What a queue asks of its task. */
export interface QueueSurroundings {
  /** The wall clock, for extractors that take their time from it. */
  now(): number
  /** A record is skipped before its turn. */
  drop(reason: string): void
  /** Asks the handler about a record that cannot be read; throws unless it is to be skipped. */
  unreadable(record: UnreadRecord, source: string, error: unknown): void
}

interface Head {
  readonly key: unknown
  readonly value: unknown
}

/** The record that was taken last. */
class TakenRecord implements RawRecord {
  batch: RecordBatch | undefined
  at = 0
  readonly #show: (batch: RecordBatch) => void

  constructor(show: (batch: RecordBatch) => void) {
    this.#show = show
  }

  get key(): Uint8Array | null {
    return this.#shown()?.key(this.at) ?? null
  }

  get value(): Uint8Array | null {
    return this.#shown()?.value(this.at) ?? null
  }

  #shown(): RecordBatch | undefined {
    if (this.batch !== undefined) this.#show(this.batch)
    return this.batch
  }
}

/**
 * The fetched and not yet processed records of one source partition, with the
 * time of the first. Kafka's `RecordQueue`.
 */
export class PartitionQueue {
  readonly id: TopicPartition
  readonly source: RunningSource
  /** Timestamp of the next record; only meaningful while `size` > 0. */
  headTimestamp = -1
  size = 0
  /** The largest timestamp that was processed, -1 before the first. */
  partitionTime = -1
  /** The next offset to read, once something was processed or skipped. */
  position: number | undefined
  needsCommit = false
  /** Until when the task waits for this partition, which has nothing; undefined: it does not. */
  idleUntilMs: number | undefined
  readonly count: TopicCount
  readonly #around: QueueSurroundings
  readonly #batches: RecordBatch[] = []
  #at = 0
  #head: Head | undefined
  /** Once the next record is taken, nobody has a view of the one before. */
  readonly #leavesNoViews: boolean
  readonly #raw: TakenRecord
  /** Worked on, but for the record that was taken last. */
  readonly #spent: RecordBatch[] = []
  /** Of which somebody outside has bytes. */
  readonly #shown = new Set<RecordBatch>()
  /** The head's bytes: a batch makes them anew each time it is asked. */
  #rawKey: Uint8Array | null = null
  #rawValue: Uint8Array | null = null

  constructor(id: TopicPartition, source: RunningSource, around: QueueSurroundings) {
    this.id = id
    this.source = source
    this.#around = around
    this.count = new TopicCount(source.factory.name, id.topic)
    this.#raw = new TakenRecord((batch) => this.#shown.add(batch))
    this.#leavesNoViews = leavesNoViews(source)
  }

  add(batch: RecordBatch): void {
    if (batch.length === 0) return
    this.#batches.push(batch)
    this.size += batch.length
    if (this.size === batch.length) this.#findHead()
  }

  /** Puts the first record into the context and steps behind it. What was taken before is done with. */
  take(context: TaskContext): Head | undefined {
    if (this.#spent.length > 0) this.#releaseSpent()
    const batch = this.#batches[0]
    const head = this.#head
    if (batch === undefined || head === undefined) return undefined
    const at = this.#at
    const timestamp = this.headTimestamp
    context.topic = batch.topic
    context.partition = batch.partition
    context.offset = batch.offset(at)
    context.headers = batch.headers(at)
    context.timestamp = timestamp
    context.raw = this.#raw
    this.#raw.batch = batch
    this.#raw.at = at
    this.count.add(this.#rawKey, this.#rawValue, context.headers)
    this.#step(batch)
    if (timestamp > this.partitionTime) this.partitionTime = timestamp
    if (this.size > 0) this.#findHead()
    return head
  }

  /** Where reading would go on after a restart. */
  get nextOffset(): number | undefined {
    const batch = this.#batches[0]
    return batch === undefined ? this.position : batch.offset(this.#at)
  }

  #step(batch: RecordBatch): void {
    this.position = batch.offset(this.#at) + 1
    this.needsCommit = true
    this.#head = undefined
    this.size--
    this.#at++
    if (this.#at === batch.length) {
      this.#batches.shift()
      this.#at = 0
      this.#spent.push(batch)
    }
  }

  /** Their memory is used again, unless a value, a handler or a call that awaits may still hold some of it. */
  #releaseSpent(): void {
    for (const batch of this.#spent.splice(0)) if (!this.#shown.delete(batch) && this.#leavesNoViews) batch.release?.()
  }

  /**
   * Reads the first record and finds its time. One that cannot be read, or has no time, is skipped here, as in Kafka's
   * `RecordQueue#updateHead`: it has no say in which partition is next.
   */
  #findHead(): void {
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      const head = this.#read(batch)
      const timestamp = head === undefined ? -1 : this.#timeOf(batch, head)
      if (timestamp >= 0) {
        this.#head = head
        this.headTimestamp = timestamp
        return
      }
      this.#step(batch)
    }
  }

  #read(batch: RecordBatch): Head | undefined {
    const at = this.#at
    const { name, keySerde, valueSerde } = this.source.factory
    const rawKey = batch.key(at)
    const rawValue = batch.value(at)
    this.#rawKey = rawKey
    this.#rawValue = rawValue
    let part = 'key'
    try {
      const key = fromBytes(keySerde, rawKey)
      part = 'value'
      return { key, value: fromBytes(valueSerde, rawValue) }
    } catch (cause) {
      const error = unreadable(part, batch, at, cause)
      const { topic, partition } = batch
      this.#shown.add(batch)
      const [offset, timestamp, headers] = [batch.offset(at), batch.timestamp(at), batch.headers(at)]
      this.#around.unreadable({ topic, partition, offset, timestamp, headers, rawKey, rawValue }, name, error)
      return undefined
    }
  }

  /** Negative where the extractor finds none, which drops the record. */
  #timeOf(batch: RecordBatch, head: Head): number {
    const at = this.#at
    const { timestampExtractor } = this.source.factory
    const timestamp = batch.timestamp(at)
    if (timestampExtractor === undefined) {
      if (timestamp < 0) throw negativeTime(batch, at)
      return timestamp
    }
    const { topic, partition } = batch
    const wallClockMs = this.#around.now()
    const place = { topic, partition, offset: batch.offset(at), timestamp, partitionTime: this.partitionTime }
    const extracted = timestampExtractor({ ...place, ...head, wallClockMs })
    if (extracted < 0) this.#around.drop('negative extracted timestamp')
    return extracted
  }
}

/** What is read is a copy, or goes through no other hands than ours to where it is written. */
function leavesNoViews({ factory, children }: RunningSource): boolean {
  const { keySerde, valueSerde, timestampExtractor } = factory
  if (keySerde.copies === true && valueSerde.copies === true) return true
  if (!isOwn(keySerde) || !isOwn(valueSerde) || timestampExtractor !== undefined) return false
  return !children.some(({ mayKeep }) => mayKeep)
}

function unreadable(part: string, batch: RecordBatch, at: number, cause: unknown): Error {
  return new Error(
    `cannot deserialize the ${part} of the record at ${batch.topic}-${batch.partition} offset ${batch.offset(at)}; ` +
      `give the source the serde the record was written with`,
    { cause },
  )
}

function negativeTime(batch: RecordBatch, at: number): Error {
  const { topic, partition } = batch
  return new Error(
    `the record at ${topic}-${partition} offset ${batch.offset(at)} has the invalid (negative) timestamp ${batch.timestamp(at)}: ` +
      `give the source a timestampExtractor that finds a better one`,
  )
}
