import type { TimestampExtractor } from '../graph/node-factory.ts'

/**
 * Kafka's own timestamp extractors. Each takes the record's timestamp; they differ in
 * what they make of a negative one. A source without an extractor fails on it.
 */
export const timestampExtractors: {
  /** Kafka's default: a negative timestamp is an error. */
  readonly failOnInvalid: TimestampExtractor
  /** Skips the record, and counts and logs that. */
  readonly logAndSkipOnInvalid: TimestampExtractor
  /** The latest time of the partition; an error while there is none. */
  readonly usePartitionTimeOnInvalid: TimestampExtractor
  /** The wall clock, whatever the record says: processing time. */
  readonly wallclock: TimestampExtractor
} = {
  failOnInvalid: (record) => (record.timestamp >= 0 ? record.timestamp : fail(record)),
  logAndSkipOnInvalid: ({ timestamp }) => timestamp,
  usePartitionTimeOnInvalid: (record) => {
    if (record.timestamp >= 0) return record.timestamp
    if (record.partitionTime >= 0) return record.partitionTime
    throw new Error(`Could not infer new timestamp for ${placeOf(record)} because partition time is unknown.`)
  },
  wallclock: ({ wallClockMs }) => wallClockMs,
}

type Extracted = Parameters<TimestampExtractor>[0]

function fail(record: Extracted): never {
  throw new Error(
    `${placeOf(record)} has the invalid (negative) timestamp ${record.timestamp}: ` +
      `give the source a timestampExtractor that finds a better one`,
  )
}

function placeOf({ topic, partition, offset }: Extracted): string {
  return `the record at ${topic}-${partition} offset ${offset}`
}
