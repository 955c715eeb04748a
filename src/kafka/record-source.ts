import type { Result } from '../base/result.ts'
import type { RecordBatch, TopicPartition } from './record.ts'
import type { StreamFailure } from './stream-failure.ts'

/** A partition, and the next offset to read from it. */
export interface Position extends TopicPartition {
  readonly offset: number
}

/** What one poll brought. */
export interface Polled {
  /** At most one batch per partition, none empty. */
  readonly batches: readonly RecordBatch[]
  /**
   * Where reading goes on, for each partition that moved. It may lie past the last record of
   * the batch: transaction markers, aborted records and compacted ones take offsets too.
   */
  readonly positions: readonly Position[]
}

/**
 * Reads records of chosen partitions from chosen positions. It knows nothing of
 * groups: who reads what is decided elsewhere.
 *
 * Invariants
 *   S1  Records of a partition come in offset order, without gap or repeat, from the position set last.
 *   S2  A paused partition brings nothing, and keeps its position; so does one that was unassigned.
 *   S3  A poll waits at most `maxWaitMs`, returns at once when records are at hand, and ends early when the signal fires.
 */
export interface RecordSource {
  /** From now on reads exactly these partitions, each from its offset. */
  assign(positions: readonly Position[]): void
  /** Moves one assigned partition. */
  seek(position: Position): void
  pause(partitions: readonly TopicPartition[]): void
  resume(partitions: readonly TopicPartition[]): void
  /**
   * Records between the position of an assigned partition and its end, as of the last fetch that came back from there:
   * Kafka's `Consumer#currentLag`. Undefined before the first, and 0 only where nothing is left to be polled.
   */
  lag(partition: TopicPartition): number | undefined
  poll(maxWaitMs: number, signal: AbortSignal): Promise<Result<Polled, StreamFailure>>
  close(): Promise<void>
}

export interface SourceOptions {
  /** Hides records of transactions that are open or were aborted. */
  readonly readCommitted: boolean
  /** Bytes asked for per partition and poll. */
  readonly maxBytesPerPartition: number
}
