import { ok, type Result } from '../../base/result.ts'
import { placeRecord } from '../../kafka/place-record.ts'
import type { OutgoingRecord } from '../../kafka/record.ts'
import type { RecordSink } from '../../kafka/record-sink.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'

/**
 * Lets records through to topics whose partitions the sink knows. A sink that
 * chooses its topic per record may name another: such records wait, in order,
 * until the topic was asked for before the next flush.
 */
export class TopicGate {
  readonly #known = new Set<string>()
  #waiting: OutgoingRecord[] = []

  get waiting(): number {
    return this.#waiting.length
  }

  send(record: OutgoingRecord, sink: RecordSink): void {
    if (this.#known.has(record.topic)) pass(record, sink)
    else this.#waiting.push(copied(record))
  }

  async prepare(topics: readonly string[], sink: RecordSink): Promise<Result<void, StreamFailure>> {
    const prepared = await sink.prepare(topics)
    if (!prepared.ok) return prepared
    for (const topic of topics) this.#known.add(topic)
    return ok(undefined)
  }

  async settle(sink: RecordSink): Promise<Result<void, StreamFailure>> {
    if (this.#waiting.length === 0) return ok(undefined)
    const prepared = await this.prepare([...new Set(this.#waiting.map(({ topic }) => topic))], sink)
    if (!prepared.ok) return prepared
    const waiting = this.#waiting
    this.#waiting = []
    for (const record of waiting) pass(record, sink)
    return ok(undefined)
  }

  forget(): void {
    this.#waiting = []
    this.#known.clear()
  }
}

/** The bytes may be views of a fetched batch, which is written over once its records were worked on. */
const copied = (record: OutgoingRecord): OutgoingRecord => ({
  ...record,
  key: record.key === null ? null : Buffer.from(record.key),
  value: record.value === null ? null : Buffer.from(record.value),
})

/** To the partitions that the record's own partitioner chooses, if it has one. */
function pass(record: OutgoingRecord, sink: RecordSink): void {
  if (record.choosePartitions === undefined) sink.send(record)
  else for (const placed of placeRecord(record, sink.partitions(record.topic) ?? 1)) sink.send(placed)
}
