import type { RecordBatch, TopicPartition } from '../../kafka/record.ts'
import type { SourceFactory } from '../graph/node-factory.ts'
import type { RunningNode } from '../node/running-node.ts'
import { fromBytes } from '../serde/serde.ts'
import type { TaskContext } from './task-context.ts'

/** A source node at work. */
export interface RunningSource {
  readonly factory: SourceFactory
  readonly children: readonly RunningNode[]
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
  readonly #batches: RecordBatch[] = []
  #at = 0

  constructor(id: TopicPartition, source: RunningSource) {
    this.id = id
    this.source = source
  }

  add(batch: RecordBatch): void {
    if (batch.length === 0) return
    this.#batches.push(batch)
    this.size += batch.length
    if (this.size === batch.length) this.#findHead()
  }

  /** Puts the first record into the context and steps behind it. Undefined where the record cannot be had. */
  take(context: TaskContext): { readonly key: unknown; readonly value: unknown } | undefined {
    const batch = this.#batches[0]
    if (batch === undefined) return undefined
    const at = this.#at
    const timestamp = this.headTimestamp
    context.topic = batch.topic
    context.partition = batch.partition
    context.offset = batch.offset(at)
    context.headers = batch.headers(at)
    const { keySerde, valueSerde } = this.source.factory
    const key = decode('key', keySerde, batch.key(at), context)
    const value = decode('value', valueSerde, batch.value(at), context)
    this.position = context.offset + 1
    this.needsCommit = true
    context.timestamp = timestamp
    this.#step()
    if (timestamp > this.partitionTime) this.partitionTime = timestamp
    if (this.size > 0) this.#findHead()
    return { key, value }
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

  #findHead(): void {
    const batch = this.#batches[0]
    if (batch === undefined) return
    this.headTimestamp = batch.timestamp(this.#at)
  }
}

function decode(part: 'key' | 'value', serde: SourceFactory['keySerde'], bytes: Uint8Array | null, at: TaskContext) {
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
