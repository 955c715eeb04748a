/** A record header. Order and repeats are kept. */
export interface RecordHeader {
  readonly key: string
  readonly value: Uint8Array | null
}

/**
 * Records of one partition, in offset order, as they were fetched.
 *
 * Columns and not objects: an adapter that holds the bytes of a fetched batch
 * answers these from place, and nothing is allocated for a record before
 * somebody asks. Offsets are numbers (exact below 2^53), timestamps are
 * milliseconds since the epoch.
 */
export interface RecordBatch {
  readonly topic: string
  readonly partition: number
  readonly length: number
  offset(index: number): number
  timestamp(index: number): number
  key(index: number): Uint8Array | null
  value(index: number): Uint8Array | null
  headers(index: number): readonly RecordHeader[]
  /** Says where the key and the value lie, for who reads many and wants no object for each; left out by who has objects. */
  locate?(index: number, place: RecordPlace): void
  /**
   * Nobody has a view of its keys and values any more, and nobody will ask for one: what they lie in may be written over.
   * Who does not say so leaves it to the garbage collector.
   */
  release?(): void
}

/** Where one record's bytes are; a length of -1 is null. Filled in anew for each record. */
export interface RecordPlace {
  keyBytes: Uint8Array
  keyAt: number
  keyLength: number
  valueBytes: Uint8Array
  valueAt: number
  valueLength: number
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/**
 * Where records produced by a task go. It buffers; nothing is awaited per record. Keys and values may be views of a
 * fetched batch: they are copied before `send` returns, at least where batches of the same client have a `release`.
 */
export interface RecordCollector {
  /**
   * Adds one record to the next batch. `partition` null asks for Kafka's default
   * partitioner: murmur2 of the key bytes, modulo the topic's partition count.
   */
  send(record: OutgoingRecord): void
}

export interface OutgoingRecord {
  readonly topic: string
  readonly partition: number | null
  /** What the partitioner hashes instead of the key: a windowed record lies where its inner key does. */
  readonly partitionKey?: Uint8Array
  /**
   * Chooses among the topic's partitions where `partition` is null: each of several takes
   * a copy, none drops the record, undefined is left to Kafka's default partitioner.
   */
  readonly choosePartitions?: (count: number) => readonly number[] | undefined
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
  /** Handed back with the record where the broker will not have it (`RefusedRecord`). */
  readonly cause?: unknown
}
