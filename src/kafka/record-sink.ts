import type { Result } from '../base/result.ts'
import type { GroupOffset, Membership } from './group.ts'
import type { OutgoingRecord, RecordCollector, TopicPartition } from './record.ts'
import type { StreamFailure } from './stream-failure.ts'

/** By `topic-partition` (`printTopicPartition`): the offset after the last record that a flush wrote there. */
export type WrittenOffsets = ReadonlyMap<string, number>

/**
 * A record that the broker will not have however often it is sent: larger than the topic takes, or with a time that it
 * does not take. Its bytes are copies.
 */
export interface RefusedRecord
  extends TopicPartition, Pick<OutgoingRecord, 'timestamp' | 'key' | 'value' | 'headers' | 'cause'> {
  /** The broker's word. */
  readonly reason: string
}

export interface RefusalAnswer {
  /** If not, it is the end of the sink: a failure that is `fatal`. */
  readonly isDropped: boolean
  /** Is sent in its stead; `partition` is null. */
  readonly instead: readonly OutgoingRecord[]
}

export interface SinkOptions {
  /** Is asked between two turns, in a commit, too. Left out: a record that is refused is the end of the sink. */
  readonly onRefused?: ((refused: RefusedRecord) => RefusalAnswer) | undefined
}

/**
 * Takes records and writes them in the background.
 *
 * Invariants
 *   K1  Records of one partition are written in the order of `send`, each once for as long as the sink lives (idempotent producer).
 *   K2  `flush` ends when the broker has all replicas' word for everything sent before it, or with a failure.
 *   K3  After a failure that is not `retry` the sink writes nothing more: close it and open another.
 *   K6  A record that the broker will not have is asked about; dropped or not, no other record shares its fate (K1 holds for them).
 */
export interface RecordSink extends RecordCollector {
  /**
   * Learns how many partitions topics have, which `send` needs for records without a partition.
   * Sending to a topic that was not prepared throws.
   */
  prepare(topics: readonly string[]): Promise<Result<void, StreamFailure>>
  /** How many a prepared topic has; undefined for another. */
  partitions(topic: string): number | undefined
  /** Bytes sent but not yet acknowledged: the caller stops processing above its bound. */
  readonly pendingBytes: number
  /** What was written since the last flush. */
  flush(): Promise<Result<WrittenOffsets, StreamFailure>>
  close(): Promise<void>
}

/**
 * A sink whose records become visible together with the offsets they were made from, or not at all.
 * A transaction begins by itself with the first `send` after the last one ended.
 *
 *   K4  Opening fences every earlier sink of the same id, and ends what it left open.
 *   K5  A failed `commit` leaves nothing visible, unless it says `retry`: then the same call may be made again.
 */
export interface TransactionalSink extends RecordSink {
  /** Fences the predecessor. Without an answer nobody may read committed offsets of its partitions. */
  open(): Promise<Result<void, StreamFailure>>
  /** Flushes, adds the offsets under the member's generation, and commits. */
  commit(offsets: readonly GroupOffset[], membership: Membership): Promise<Result<WrittenOffsets, StreamFailure>>
  abort(): Promise<Result<void, StreamFailure>>
}
