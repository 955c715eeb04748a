import type { FetchedMessage, FetchedPartition } from 'kafkajs/src/cluster/index.js'
import type { RecordBatch, RecordHeader } from './record.ts'
import type { Position } from './record-source.ts'

/** Fetched records as columns, and where reading goes on behind them. */
export interface FetchedBatch {
  readonly batch: RecordBatch
  readonly next: Position
}

/**
 * The records from `position` on. Left out: what lies before it (the broker sends
 * whole batches), transaction markers, and records of aborted transactions.
 *
 * The position moves past what is left out, too. A batch whose last record was
 * compacted away still ends at its last offset, or the same batch would come again.
 */
export function readFetched(position: Position, fetched: FetchedPartition): FetchedBatch {
  const wanted = fetched.messages.filter((message) => Number(message.offset) >= position.offset)
  const messages = withoutAborted(wanted, fetched.abortedTransactions).filter((message) => !message.isControlRecord)
  const next = fetched.messages.reduce((end, message) => Math.max(end, endOfBatch(message)), position.offset)
  return { batch: new KafkajsBatch(position.topic, position.partition, messages), next: { ...position, offset: next } }
}

function endOfBatch({ batchContext }: FetchedMessage): number {
  return Number(batchContext.firstOffset) + batchContext.lastOffsetDelta + 1
}

function withoutAborted(
  messages: readonly FetchedMessage[],
  aborted: FetchedPartition['abortedTransactions'],
): readonly FetchedMessage[] {
  if (aborted.length === 0) return messages
  const waiting = aborted.toSorted((one, other) => Number(one.firstOffset) - Number(other.firstOffset))
  const open = new Set<string>()
  return messages.filter((message) => {
    while (waiting[0] !== undefined && Number(waiting[0].firstOffset) <= Number(message.offset)) {
      open.add(waiting[0].producerId)
      waiting.shift()
    }
    const { producerId, inTransaction } = message.batchContext
    if (message.isControlRecord) open.delete(producerId)
    return !(inTransaction && open.has(producerId))
  })
}

class KafkajsBatch implements RecordBatch {
  readonly topic: string
  readonly partition: number
  readonly #messages: readonly FetchedMessage[]

  constructor(topic: string, partition: number, messages: readonly FetchedMessage[]) {
    this.topic = topic
    this.partition = partition
    this.#messages = messages
  }

  get length(): number {
    return this.#messages.length
  }

  offset(index: number): number {
    return Number(this.#at(index).offset)
  }

  timestamp(index: number): number {
    return Number(this.#at(index).timestamp)
  }

  key(index: number): Uint8Array | null {
    return this.#at(index).key
  }

  value(index: number): Uint8Array | null {
    return this.#at(index).value
  }

  /** kafkajs keeps headers in an object: repeats of one key keep their order, keys among each other mostly do. */
  headers(index: number): readonly RecordHeader[] {
    return Object.entries(this.#at(index).headers).flatMap(([key, values]) =>
      isList(values) ? values.map((value) => ({ key, value })) : [{ key, value: values }],
    )
  }

  #at(index: number): FetchedMessage {
    const message = this.#messages[index]
    if (message === undefined) throw new RangeError(`record ${index} of a batch of ${this.#messages.length}`)
    return message
  }
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value)
}
