import type { Message, Producer, TopicMessages } from 'kafkajs'
import { ok, type Result } from '../base/result.ts'
import { attempt } from './kafkajs-failure.ts'
import { partitionForKey } from './murmur2.ts'
import type { OutgoingRecord, RecordHeader } from './record.ts'
import type { RecordSink, WrittenOffsets } from './record-sink.ts'
import type { StreamFailure } from './stream-failure.ts'
import { printTopicPartition } from './topic-partition.ts'

/** Bytes of one produce request: well below `max.message.bytes`, which bounds the batch of one partition. */
const chunkBytes = 512 * 1024

type AskPartitions = (topics: readonly string[]) => Promise<Result<ReadonlyMap<string, number>, StreamFailure>>

interface Chunk {
  readonly topics: Map<string, Message[]>
  bytes: number
}

/**
 * kafkajs's idempotent producer, with records gathered into chunks. A chunk that
 * failed is kept as it was and sent again by the next flush: with the same
 * sequence numbers, so the broker knows what it already has (K1).
 */
export class KafkajsSink implements RecordSink {
  readonly #producer: Producer
  readonly #askPartitions: AskPartitions
  readonly #partitions = new Map<string, number>()
  readonly #chunks: Chunk[] = []
  #written = new Map<string, number>()
  #connected = false
  #withoutKey = 0
  #pendingBytes = 0

  constructor(producer: Producer, askPartitions: AskPartitions) {
    this.#producer = producer
    this.#askPartitions = askPartitions
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  async prepare(topics: readonly string[]): Promise<Result<void, StreamFailure>> {
    const unknown = topics.filter((topic) => !this.#partitions.has(topic))
    if (unknown.length === 0) return ok(undefined)
    const counts = await this.#askPartitions(unknown)
    if (!counts.ok) return counts
    for (const [topic, count] of counts.value) this.#partitions.set(topic, count)
    return ok(undefined)
  }

  partitions(topic: string): number | undefined {
    return this.#partitions.get(topic)
  }

  send(record: OutgoingRecord): void {
    const bytes = sizeOf(record)
    const chunk = this.#chunkFor(bytes)
    const messages = chunk.topics.get(record.topic) ?? []
    messages.push({
      key: toBuffer(record.key),
      value: toBuffer(record.value),
      partition: record.partition ?? this.#partitionOf(record),
      // A text, since kafkajs takes the number 0 for "now".
      timestamp: String(record.timestamp),
      ...(record.headers.length > 0 && { headers: toHeaders(record.headers) }),
    })
    chunk.topics.set(record.topic, messages)
    chunk.bytes += bytes
    this.#pendingBytes += bytes
  }

  async flush(): Promise<Result<WrittenOffsets, StreamFailure>> {
    if (!this.#connected) {
      const connected = await attempt(() => this.#producer.connect())
      if (!connected.ok) return connected
      this.#connected = true
    }
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const sent = await this.#write(chunk)
      if (!sent.ok) return sent
      this.#chunks.shift()
      this.#pendingBytes -= chunk.bytes
    }
    const written = this.#written
    this.#written = new Map()
    return ok(written)
  }

  async close(): Promise<void> {
    await this.#producer.disconnect()
  }

  async #write(chunk: Chunk): Promise<Result<void, StreamFailure>> {
    const topicMessages: TopicMessages[] = [...chunk.topics].map(([topic, messages]) => ({ topic, messages }))
    const sent = await attempt(() => this.#producer.sendBatch({ acks: -1, topicMessages }))
    if (!sent.ok) return sent
    const counts = new Map<string, number>()
    for (const { topic, messages } of topicMessages)
      for (const { partition = 0 } of messages) {
        const key = printTopicPartition({ topic, partition })
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    for (const { topicName, partition, baseOffset } of sent.value) {
      const key = printTopicPartition({ topic: topicName, partition })
      this.#written.set(key, Number(baseOffset) + (counts.get(key) ?? 0))
    }
    return ok(undefined)
  }

  #chunkFor(bytes: number): Chunk {
    const last = this.#chunks.at(-1)
    if (last !== undefined && last.bytes + bytes <= chunkBytes) return last
    const chunk: Chunk = { topics: new Map(), bytes: 0 }
    this.#chunks.push(chunk)
    return chunk
  }

  /** A record without key goes round; Kafka's own producer would stick to a partition for a batch. */
  #partitionOf({ topic, key: own, partitionKey }: OutgoingRecord): number {
    const count = this.#partitions.get(topic)
    if (count === undefined) throw new Error(`topic ${topic} was not prepared before sending to it`)
    const key = partitionKey ?? own
    if (key !== null) return partitionForKey(key, count)
    this.#withoutKey += 1
    return this.#withoutKey % count
  }
}

/** About what a record takes in a batch: its bytes and those around them. */
function sizeOf({ key, value, headers }: OutgoingRecord): number {
  const headerBytes = headers.reduce((sum, header) => sum + header.key.length + (header.value?.length ?? 0) + 4, 0)
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes + 24
}

function toBuffer(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function toHeaders(headers: readonly RecordHeader[]): Record<string, Buffer[]> {
  const byKey: Record<string, Buffer[]> = {}
  for (const { key, value } of headers) (byKey[key] ??= []).push(toBuffer(value) ?? Buffer.alloc(0))
  return byKey
}
