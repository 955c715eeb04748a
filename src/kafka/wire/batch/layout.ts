/**
 * Where the fields of a record batch (format 2, "magic" 2) are, in bytes from its start
 * (org.apache.kafka.common.record.DefaultRecordBatch).
 */
export const layout = {
  baseOffset: 0,
  /** Counts from `leaderEpoch` on. */
  batchLength: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  /** The checksum covers everything from here to the end. */
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
  records: 61,
} as const

export const magicTwo = 2

export const attribute = {
  codec: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
} as const

/** No record is shorter: length, attributes, two deltas, two lengths and the number of headers take a byte each. */
export const shortestRecordBytes = 7
