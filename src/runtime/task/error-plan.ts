import type { RecordHeader } from '../../kafka/record.ts'

/** The record at fault, as it came from its topic. */
export interface FailedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly headers: readonly RecordHeader[]
  readonly rawKey: Uint8Array | null
  readonly rawValue: Uint8Array | null
  /** The node that failed, or the source that could not read. */
  readonly node: string
  readonly taskId: string
}

export type ErrorDecision = 'fail' | 'continue'

/**
 * What happens with records that fail: Kafka's deserialization and processing
 * exception handlers and its dead letter queue. Left out, a failure ends the task.
 */
export interface ErrorHandling {
  readonly deserialization?: (failed: FailedRecord, error: unknown) => ErrorDecision
  readonly processing?: (failed: FailedRecord, error: unknown) => ErrorDecision
  /** Takes the record as it was read, and headers that say why; whether the task goes on or not. */
  readonly deadLetterTopic?: string
}
