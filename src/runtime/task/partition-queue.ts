import type { RecordBatch, TopicPartition } from '../../kafka/record.ts'
import { TopicCount } from '../metrics/topic-count.ts'
import type { SourceFactory, TimestampExtractor } from '../graph/node-factory.ts'
import type { RunningNode } from '../node/running-node.ts'
import { fromBytes } from '../serde/serde.ts'
import { handleFailure } from './error-handling.ts'
import type { TaskContext } from './task-context.ts'

/** A source node at work. */
export interface RunningSource {
  readonly factory: SourceFactory
  readonly children: readonly RunningNode[]
}

/** What a queue asks of its task. */
interface QueueSurroundings {
  /** The wall clock, for extractors that take their time from it. */
  now(): number
  /** A record is skipped before its turn. */
  drop(reason: string): void
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

  constructor(id: TopicPartition, source: RunningSource, around: QueueSurroundings) {
    this.id = id
    this.source = source
    this.#around = around
    this.count = new TopicCount(source.factory.name, id.topic)
  }

  add(batch: RecordBatch): void {
    if (batch.length === 0) return
    this.#batches.push(batch)
    this.size += batch.length
    if (this.size === batch.length) this.#findHead()
  }

  /** Puts the first record into the context and steps behind it. Undefined where it could not be read and is skipped. */
  take(context: TaskContext): { readonly key: unknown; readonly value: unknown } | undefined {
    const batch = this.#batches[0]
    if (batch === undefined) return undefined
    const at = this.#at
    const timestamp = this.headTimestamp
    context.topic = batch.topic
    context.partition = batch.partition
    context.offset = batch.offset(at)
    context.headers = batch.headers(at)
    context.timestamp = timestamp
    context.rawKey = batch.key(at)
    context.rawValue = batch.value(at)
    this.count.add(context.rawKey, context.rawValue, context.headers)
    const record = this.#decode(context)
    this.position = context.offset + 1
    this.needsCommit = true
    this.#step()
    if (record !== undefined && timestamp > this.partitionTime) this.partitionTime = timestamp
    if (this.size > 0) this.#findHead()
    return record
  }

  #decode(context: TaskContext): { readonly key: unknown; readonly value: unknown } | undefined {
    const { name, keySerde, valueSerde } = this.source.factory
    try {
      return {
        key: decode('key', keySerde, context.rawKey, context),
        value: decode('value', valueSerde, context.rawValue, context),
      }
    } catch (error) {
      const { errors } = context.facts
      if (errors.deserialization === undefined && errors.deadLetterTopic === undefined) throw error
      handleFailure(context, 'deserialization', name, error)
      return undefined
    }
  }

  /** Where reading would go on after a restart. */
  get nextOffset(): number | undefined {
    const batch = this.#batches[0]
    return batch === undefined ? this.position : batch.offset(this.#at)
  }

  #step(): void {
    this.size--
    this.#at++
    const batch = this.#batches[0]
    if (batch !== undefined && this.#at === batch.length) {
      this.#batches.shift()
      this.#at = 0
    }
  }

  /** Finds the time of the first record; records whose extractor gives none are dropped, as Kafka does. */
  #findHead(): void {
    const { timestampExtractor } = this.source.factory
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      const timestamp = batch.timestamp(this.#at)
      this.headTimestamp = timestampExtractor === undefined ? timestamp : this.#extract(batch, timestampExtractor)
      if (this.headTimestamp >= 0) return
      if (timestampExtractor === undefined) throw negativeTime(batch, this.#at)
      this.#around.drop('negative extracted timestamp')
      this.position = batch.offset(this.#at) + 1
      this.needsCommit = true
      this.#step()
    }
  }

  #extract(batch: RecordBatch, extractor: TimestampExtractor): number {
    const at = this.#at
    const { keySerde, valueSerde } = this.source.factory
    const { topic, partition } = batch
    const [offset, timestamp] = [batch.offset(at), batch.timestamp(at)]
    const read = { key: batch.key(at), value: batch.value(at) }
    const decoded = tryDecode(keySerde, valueSerde, read)
    // What cannot be read is for the handler, once it is this record's turn.
    if (decoded === undefined) return Math.max(0, timestamp)
    const { partitionTime } = this
    return extractor({
      topic,
      partition,
      offset,
      timestamp,
      ...decoded,
      partitionTime,
      wallClockMs: this.#around.now(),
    })
  }
}

function tryDecode(
  keySerde: SourceFactory['keySerde'],
  valueSerde: SourceFactory['valueSerde'],
  { key, value }: { readonly key: Uint8Array | null; readonly value: Uint8Array | null },
): { readonly key: unknown; readonly value: unknown } | undefined {
  try {
    return { key: fromBytes(keySerde, key), value: fromBytes(valueSerde, value) }
  } catch {
    return undefined
  }
}

function decode(part: 'key' | 'value', serde: SourceFactory['keySerde'], bytes: Uint8Array | null, at: Place) {
  try {
    return fromBytes(serde, bytes)
  } catch (cause) {
    throw new Error(
      `cannot deserialize the ${part} of the record at ${at.topic}-${at.partition} offset ${at.offset}; ` +
        `give the source the serde the record was written with`,
      { cause },
    )
  }
}

interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

function negativeTime(batch: RecordBatch, at: number): Error {
  const { topic, partition } = batch
  return new Error(
    `the record at ${topic}-${partition} offset ${batch.offset(at)} has the invalid (negative) timestamp ${batch.timestamp(at)}: ` +
      `give the source a timestampExtractor that finds a better one`,
  )
}
