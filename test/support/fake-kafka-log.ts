import { printTopicPartition } from '../../src/kafka/topic-partition.ts'
import type { OutgoingRecord, RecordBatch, TopicPartition } from '../../src/kafka/record.ts'

export interface StoredRecord extends OutgoingRecord {
  readonly partition: number
  readonly offset: number
  /** The transaction it belongs to; undefined outside of one. */
  readonly transaction: FakeTransaction | undefined
}

export interface FakeTransaction {
  state: 'open' | 'committed' | 'aborted'
}

/** Topics as lists of records. A transaction's end takes an offset of its own, as Kafka's marker does. */
export class FakeLog {
  readonly #counts = new Map<string, number>()
  readonly #records = new Map<string, (StoredRecord | 'marker')[]>()
  readonly #beginnings = new Map<string, number>()
  readonly #readTo = new Map<string, number>()

  createTopic(topic: string, partitions: number): void {
    this.#counts.set(topic, partitions)
    for (let partition = 0; partition < partitions; partition += 1)
      this.#records.set(printTopicPartition({ topic, partition }), [])
  }

  get topics(): readonly string[] {
    return [...this.#counts.keys()]
  }

  partitions(topic: string): number | undefined {
    return this.#counts.get(topic)
  }

  /** The offset it got. */
  append(record: OutgoingRecord & { readonly partition: number }, transaction?: FakeTransaction): number {
    const all = this.#of(record)
    all.push({ ...record, offset: all.length, transaction })
    return all.length - 1
  }

  mark(partition: TopicPartition): void {
    this.#of(partition).push('marker')
  }

  /** Retention: what lies before the offset is gone. */
  deleteBefore(partition: TopicPartition, offset: number): void {
    this.#beginnings.set(printTopicPartition(partition), offset)
  }

  beginning(partition: TopicPartition): number {
    return this.#beginnings.get(printTopicPartition(partition)) ?? 0
  }

  end(partition: TopicPartition): number {
    return this.#of(partition).length
  }

  /** Up to here no transaction is open. */
  stableEnd(partition: TopicPartition): number {
    const open = this.#of(partition).findIndex((entry) => entry !== 'marker' && entry.transaction?.state === 'open')
    return open < 0 ? this.end(partition) : open
  }

  read(partition: TopicPartition, from: number, readCommitted: boolean): { records: StoredRecord[]; next: number } {
    const end = readCommitted ? this.stableEnd(partition) : this.end(partition)
    const records = this.#of(partition)
      .slice(from, end)
      .filter((entry) => entry !== 'marker')
      .filter(({ transaction }) => !readCommitted || transaction === undefined || transaction.state === 'committed')
    const next = Math.max(from, end)
    this.#readTo.set(printTopicPartition(partition), Math.max(this.readTo(partition), next))
    return { records, next }
  }

  /** The furthest that any reader has come. */
  readTo(partition: TopicPartition): number {
    return this.#readTo.get(printTopicPartition(partition)) ?? 0
  }

  /** Every record that a reader of committed records sees. */
  all(topic: string): readonly StoredRecord[] {
    return Array.from({ length: this.#counts.get(topic) ?? 0 }, (_, partition) =>
      this.read({ topic, partition }, 0, true),
    ).flatMap(({ records }) => records)
  }

  #of(partition: TopicPartition): (StoredRecord | 'marker')[] {
    const all = this.#records.get(printTopicPartition(partition))
    if (all === undefined) throw new RangeError(`there is no ${printTopicPartition(partition)}`)
    return all
  }
}

export function toBatch(partition: TopicPartition, records: readonly StoredRecord[]): RecordBatch {
  const at = (index: number): StoredRecord => {
    const record = records[index]
    if (record === undefined) throw new RangeError(`record ${index} of ${records.length}`)
    return record
  }
  return {
    ...partition,
    length: records.length,
    offset: (index) => at(index).offset,
    timestamp: (index) => at(index).timestamp,
    key: (index) => at(index).key,
    value: (index) => at(index).value,
    headers: (index) => at(index).headers,
  }
}
