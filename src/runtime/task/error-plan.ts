import type { RecordHeader } from '../../kafka/record.ts'

/** A record as it came from its topic. */
export interface UnreadRecord {
  /** Null in a timer: there is no record then, and its partition and offset are -1. */
  readonly topic: string | null
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly headers: readonly RecordHeader[]
  readonly rawKey: Uint8Array | null
  readonly rawValue: Uint8Array | null
}

/** The record at fault, and where it failed. */
export interface FailedRecord extends UnreadRecord {
  /** The node that failed, the source that could not read, or the sink that could not write. */
  readonly node: string
  readonly taskId: string
}

/** A record that could not be written, beside the one it was made from. */
export interface FailedProduction extends FailedRecord {
  /** The topic it was meant for. */
  readonly target: string
  /**
   * What the serde refused; `size`: it is larger than `max.request.size`; `broker`: the broker refused it later, since it is
   * larger than the topic takes, or has a time that it does not take. Then the record at fault was processed long ago.
   */
  readonly origin: 'key' | 'value' | 'size' | 'broker'
}

export type ErrorDecision = 'fail' | 'continue'

/** A record for a topic of the handler's choice. */
export interface DeadLetter {
  readonly topic: string
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly timestamp: number
  readonly headers: readonly RecordHeader[]
}

/**
 * A handler's word. By itself it leaves the dead letter to `deadLetterTopic`; with letters of its own, exactly these are
 * written: none, if the list is empty.
 */
export type ErrorAnswer =
  | ErrorDecision
  | { readonly decision: ErrorDecision; readonly deadLetters: readonly DeadLetter[] }

/** What becomes of a worker whose thread died of an error. */
export type UncaughtAnswer = 'replace-thread' | 'shutdown-client' | 'shutdown-application'

/**
 * What happens with records that fail: Kafka's deserialization, processing and production exception handlers, its
 * dead letter queue (KIP-1034), and the handler of what none of them took. Left out, a failure ends the task.
 */
export interface ErrorHandling {
  readonly deserialization?: (failed: FailedRecord, error: unknown) => ErrorAnswer
  readonly processing?: (failed: FailedRecord, error: unknown) => ErrorAnswer
  readonly production?: (failed: FailedProduction, error: unknown) => ErrorAnswer
  /** Takes the record as it was read, and headers that say why; whether the task goes on or not. */
  readonly deadLetterTopic?: string
  /** Asked in the thread that died, once its tasks are closed. */
  readonly uncaught?: (error: unknown) => UncaughtAnswer
}
