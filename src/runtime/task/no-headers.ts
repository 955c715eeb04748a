import type { RecordHeader } from '../../kafka/record.ts'

/** One array for all records without headers. */
export const noHeaders: readonly RecordHeader[] = []
