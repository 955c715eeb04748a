import { fail, ok } from '../../base/result.ts'
import type { Result } from '../../base/result.ts'
import type { OutgoingRecord } from '../record.ts'
import type { RecordSink, WrittenOffsets } from '../record-sink.ts'
import type { StreamFailure } from '../stream-failure.ts'
import type { Cluster } from './cluster/cluster.ts'
import { askProducerId } from './sink/ask-producer-id.ts'
import type { ProducerIdentity } from './sink/lane.ts'
import { Outbox } from './sink/outbox.ts'
import type { OutboxOptions } from './sink/outbox.ts'

/** An idempotent producer: numbered batches, so that what is sent twice is written once. */
export class WireRecordSink implements RecordSink {
  readonly #cluster: Cluster
  readonly #patienceMs: number
  readonly #outbox: Outbox
  readonly #stopping = new AbortController()
  #identity: ProducerIdentity | null = null
  #renewing: Promise<void> | null = null

  constructor(cluster: Cluster, options: Omit<OutboxOptions, 'transactionalId'>) {
    this.#cluster = cluster
    this.#patienceMs = options.patienceMs
    this.#outbox = new Outbox(
      cluster,
      { ...options, transactionalId: null },
      {
        identity: () => this.#identity,
        admits: () => true,
        numbersLost: () => {
          this.#renewing ??= this.#renew().finally(() => {
            this.#renewing = null
          })
        },
      },
    )
  }

  get pendingBytes(): number {
    return this.#outbox.pendingBytes
  }

  async prepare(topics: readonly string[]): Promise<Result<void, StreamFailure>> {
    const prepared = await this.#outbox.prepare(topics)
    if (!prepared.ok) return prepared
    const identified = await this.#identify()
    return identified.ok ? ok(undefined) : identified
  }

  partitions(topic: string): number | undefined {
    return this.#outbox.partitions(topic)
  }

  send(record: OutgoingRecord): void {
    this.#outbox.send(record)
  }

  async flush(): Promise<Result<WrittenOffsets, StreamFailure>> {
    const identified = await this.#identify()
    return identified.ok ? this.#outbox.flush() : identified
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#outbox.close()
    await this.#renewing
  }

  /** Numbers begin at zero with a new producer, so nothing of an earlier one may be under way. */
  async #identify(): Promise<Result<void, StreamFailure>> {
    if (this.#identity !== null) return ok(undefined)
    if (!(await this.#outbox.quiet())) return fail({ kind: 'retry', reason: 'the brokers do not answer' })
    const asked = await askProducerId(this.#cluster, this.#patienceMs, this.#stopping.signal)
    if (!asked.ok || this.#isIdentified()) return asked.ok ? ok(undefined) : asked
    this.#outbox.renumber()
    this.#identity = asked.value
    return ok(undefined)
  }

  #isIdentified(): boolean {
    return this.#identity !== null
  }

  /** A broker that lost this producer's numbers takes them from a new one. */
  async #renew(): Promise<void> {
    this.#identity = null
    const identified = await this.#identify()
    if (identified.ok) this.#outbox.pump(true) // else the next flush asks again
  }
}
