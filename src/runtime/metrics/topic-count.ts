import type { RecordHeader } from '../../kafka/record.ts'

/** Timestamp and offset (8 bytes each) and partition (4): what Kafka Streams adds to every record. */
const fixedBytes = 20

/** Records that one node reads from, or writes to, one topic, and their size as Kafka Streams' `ClientUtils` reckons it. */
export class TopicCount {
  readonly node: string
  readonly topic: string
  records = 0
  #bytes = 0

  constructor(node: string, topic: string) {
    this.node = node
    this.topic = topic
  }

  get bytes(): number {
    return this.#bytes + this.records * (fixedBytes + Buffer.byteLength(this.topic))
  }

  add(key: Uint8Array | null, value: Uint8Array | null, headers: readonly RecordHeader[]): void {
    this.records += 1
    this.#bytes += (key === null ? 0 : key.length) + (value === null ? 0 : value.length)
    if (headers.length > 0) this.#addHeaders(headers)
  }

  #addHeaders(headers: readonly RecordHeader[]): void {
    for (const { key, value } of headers) this.#bytes += Buffer.byteLength(key) + (value?.length ?? 0)
  }
}
