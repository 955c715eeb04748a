import type { Result } from '../base/result.ts'
import type { GroupOptions, StreamGroup } from './group.ts'
import type { RecordSink, SinkOptions, TransactionalSink } from './record-sink.ts'
import type { Position, RecordSource, SourceOptions } from './record-source.ts'
import type { TopicPartition } from './record.ts'
import type { StreamFailure } from './stream-failure.ts'

/**
 * Everything one stream thread asks of a cluster. Topic and group names are wire
 * names. Opening does no i/o: connections are made by the first call that needs one.
 */
export interface StreamClient {
  openSource(options: SourceOptions): RecordSource
  openSink(options?: SinkOptions): RecordSink
  openTransactionalSink(options: TransactionOptions): TransactionalSink
  openGroup(options: GroupOptions): StreamGroup
  /** Partition counts by topic; a topic that is not there is left out. */
  partitions(topics: readonly string[]): Promise<Result<ReadonlyMap<string, number>, StreamFailure>>
  /** Names of all topics that the ACLs let one see, in no order; those that brokers keep for themselves are left out. */
  topics(): Promise<Result<readonly string[], StreamFailure>>
  /** The first or the next offset of partitions, by `printTopicPartition`. `committed` leaves out open transactions. */
  offsets(
    partitions: readonly TopicPartition[],
    end: 'beginning' | 'end' | 'committed-end',
  ): Promise<Result<ReadonlyMap<string, number>, StreamFailure>>
  /**
   * Deletes the records before each position. Where the ACLs do not allow it the answer is `fatal`, and nothing is
   * deleted; where a partition has less than that already, nothing happens.
   */
  purge(positions: readonly Position[]): Promise<Result<void, StreamFailure>>
  close(): Promise<void>
}

export interface TransactionOptions extends SinkOptions {
  readonly transactionalId: string
  readonly groupId: string
  readonly timeoutMs: number
}
