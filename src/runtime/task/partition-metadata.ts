import { readLong, writeLong } from '../serde/serdes.ts'

/**
 * What Kafka Streams keeps beside a committed offset: a version, and the largest
 * timestamp seen on that partition, base64. Source: `TopicPartitionMetadata`, 4.3.1.
 */
export function encodePartitionTime(timestamp: number): string {
  const bytes = Buffer.alloc(9)
  bytes.writeInt8(2)
  writeLong(bytes, 1, timestamp)
  return bytes.toString('base64')
}

/** -1 (unknown) where the text is empty or another version's. */
export function decodePartitionTime(metadata: string): number {
  const bytes = Buffer.from(metadata, 'base64')
  const isKnown = bytes.length >= 9 && (bytes[0] === 1 || bytes[0] === 2)
  return isKnown ? readLong(bytes, 1) : -1
}
