import { ok, type Result } from '../../base/result.ts'
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
    if (this.#known.has(record.topic)) sink.send(record)
    else this.#waiting.push(record)
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
    for (const record of waiting) sink.send(record)
    return ok(undefined)
  }

  forget(): void {
    this.#waiting = []
    this.#known.clear()
  }
}
