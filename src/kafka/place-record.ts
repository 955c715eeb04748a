import type { OutgoingRecord } from './record.ts'

/** The record once for each partition that its own partitioner chooses among `count`; where it has none or leaves the choice open, as it is. */
export function placeRecord(record: OutgoingRecord, count: number): readonly OutgoingRecord[] {
  if (record.choosePartitions === undefined) return [record]
  const { choosePartitions, ...open } = record
  const chosen = choosePartitions(count)
  return chosen === undefined ? [open] : chosen.map((partition) => ({ ...open, partition }))
}
