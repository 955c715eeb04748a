import type { RecordHeader } from '../../kafka/record.ts'

/** The record that was being processed when a value was written. */
export interface RecordOrigin {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly headers: readonly RecordHeader[]
}
