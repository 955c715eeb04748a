import { readLong, viewOf, writeLong } from '../serde/serdes.ts'

export interface PartitionMetadata {
  /** The largest timestamp seen on the partition, -1 where unknown. */
  readonly partitionTime: number
  /** What nodes keep beside it: Kafka's `ProcessorMetadata`. */
  readonly nodes: ReadonlyMap<string, number>
}

/**
 * What Kafka Streams keeps beside a committed offset, in base64: a version, the
 * time of the partition, and numbers by name. Source: `TopicPartitionMetadata`, 4.3.1.
 */
export function encodePartitionMetadata({ partitionTime, nodes }: PartitionMetadata): string {
  const head = Buffer.alloc(9)
  head.writeInt8(2)
  writeLong(head, 1, partitionTime)
  if (nodes.size === 0) return head.toString('base64')
  const entries = [...nodes].flatMap(([name, value]) => {
    const text = Buffer.from(name, 'utf8')
    return [int32(text.length), text, int64(value)]
  })
  return Buffer.concat([head, int32(nodes.size), ...entries]).toString('base64')
}

/** Unknown where the text is empty, cut short, or of another version. */
export function decodePartitionMetadata(text: string): PartitionMetadata {
  const bytes = Buffer.from(text, 'base64')
  const isKnown = bytes.length >= 9 && (bytes[0] === 1 || bytes[0] === 2)
  if (!isKnown) return { partitionTime: -1, nodes: new Map() }
  return { partitionTime: readLong(bytes, 1), nodes: bytes.length > 9 ? readNodes(bytes.subarray(9)) : new Map() }
}

function readNodes(bytes: Uint8Array): ReadonlyMap<string, number> {
  const view = viewOf(bytes)
  const nodes = new Map<string, number>()
  let at = 4
  for (let left = view.readInt32BE(0); left > 0; left--) {
    const length = view.readInt32BE(at)
    nodes.set(view.toString('utf8', at + 4, at + 4 + length), readLong(view, at + 4 + length))
    at += 12 + length
  }
  return nodes
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  writeLong(bytes, 0, value)
  return bytes
}
