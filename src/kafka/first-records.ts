import type { RecordBatch } from './record.ts'

/** The records of a batch that lie before an offset: the batch itself where all of them do. */
export function recordsBefore(batch: RecordBatch, offset: number): RecordBatch {
  let length = batch.length
  while (length > 0 && batch.offset(length - 1) >= offset) length -= 1
  if (length === batch.length) return batch
  const { topic, partition } = batch
  return {
    topic,
    partition,
    length,
    offset: (index) => batch.offset(index),
    timestamp: (index) => batch.timestamp(index),
    key: (index) => batch.key(index),
    value: (index) => batch.value(index),
    headers: (index) => batch.headers(index),
    ...(batch.locate !== undefined && { locate: (index, place) => batch.locate?.(index, place) }),
  }
}
