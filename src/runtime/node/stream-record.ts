import type { RecordHeader } from '../../kafka/record.ts'

/** One record as a processor sees it. */
export interface StreamRecord<K, V> {
  readonly key: K
  readonly value: V
  readonly timestamp: number
  readonly headers: readonly RecordHeader[]
}
