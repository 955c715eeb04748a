import { fail, ok } from '../../base/result.ts'
import type { Result } from '../../base/result.ts'
import type { GroupOffset, Membership } from '../group.ts'
import type { OutgoingRecord } from '../record.ts'
import type { TransactionalSink, WrittenOffsets } from '../record-sink.ts'
import type { TransactionOptions } from '../stream-client.ts'
import type { StreamFailure } from '../stream-failure.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { Lane, ProducerIdentity } from './sink/lane.ts'
import { Outbox } from './sink/outbox.ts'
import type { OutboxOptions } from './sink/outbox.ts'
import { Transaction } from './sink/transaction.ts'

/**
 * Where a transaction stands. What `commit` has done it does not do again when
 * it is called once more after a `retry`: after `ending`, what the coordinator
 * did is not known, and only the same question may follow.
 *
 *     closed ──open──► idle ──first send──► running ──commit──► ending ──► idle
 *                       ▲                     │
 *                       └───────abort─────────┘
 */
type Stage = 'closed' | 'idle' | 'running' | 'ending'

/** Exactly once, version 2: records and the group's offsets become visible together. */
export class WireTransactionalSink implements TransactionalSink {
  readonly #transaction: Transaction
  readonly #outbox: Outbox
  readonly #stopping = new AbortController()
  readonly #admitted = new Set<Lane>()
  readonly #asking = new Set<Lane>()
  #admitting: Promise<void> | null = null
  #identity: ProducerIdentity | null = null
  #stage: Stage = 'closed'
  #committing = false
  #written: WrittenOffsets = new Map()

  constructor(cluster: Cluster, options: TransactionOptions, outbox: Omit<OutboxOptions, 'transactionalId'>) {
    this.#transaction = new Transaction(cluster, options, outbox.patienceMs, this.#stopping.signal)
    this.#outbox = new Outbox(
      cluster,
      { ...outbox, transactionalId: options.transactionalId },
      {
        identity: () => this.#identity,
        admits: (lane) => this.#admits(lane),
        numbersLost: (reason) => this.#outbox.fail({ kind: 'fenced', reason }),
      },
    )
  }

  get pendingBytes(): number {
    return this.#outbox.pendingBytes
  }

  async open(): Promise<Result<void, StreamFailure>> {
    const identified = await this.#transaction.identify()
    if (!identified.ok) return identified
    this.#identity = identified.value
    this.#stage = 'idle'
    return ok(undefined)
  }

  prepare(topics: readonly string[]): Promise<Result<void, StreamFailure>> {
    return this.#outbox.prepare(topics)
  }

  partitions(topic: string): number | undefined {
    return this.#outbox.partitions(topic)
  }

  send(record: OutgoingRecord): void {
    if (this.#committing) throw new Error('a record sent during a commit would be in it without its offset')
    if (this.#stage === 'closed') throw new Error('open() comes before send()')
    this.#stage = 'running'
    this.#outbox.send(record)
  }

  async flush(): Promise<Result<WrittenOffsets, StreamFailure>> {
    const flushed = await this.#outbox.flush()
    if (flushed.ok) this.#written = new Map([...this.#written, ...flushed.value])
    return flushed
  }

  /** Answers with what the whole transaction wrote, earlier flushes included. */
  async commit(
    offsets: readonly GroupOffset[],
    membership: Membership,
  ): Promise<Result<WrittenOffsets, StreamFailure>> {
    this.#committing = true
    try {
      const prepared = this.#stage === 'ending' ? ok(undefined) : await this.#prepareCommit(offsets, membership)
      if (!prepared.ok) return this.#remember(prepared.error)
      return await this.#end()
    } finally {
      this.#committing = false
    }
  }

  /** Takes everything back. The producer's epoch moves on, so that nothing late of this transaction is written. */
  async abort(): Promise<Result<void, StreamFailure>> {
    const identity = this.#identity
    if (identity === null || this.#stage === 'idle') return ok(undefined)
    this.#identity = null // nothing is sent meanwhile
    await this.#admitting
    if (!(await this.#outbox.quiet())) {
      this.#identity = identity
      return fail({ kind: 'retry', reason: 'the broker has not answered for what was sent' })
    }
    const ended = await this.#transaction.end(identity, false)
    // never begun at the coordinator, or ended there by time: the next epoch settles either
    const next = ended.ok || ended.error.kind === 'fenced' ? await this.#transaction.identify(identity) : ended
    if (!next.ok) {
      this.#identity = identity
      return this.#remember(next.error)
    }
    this.#outbox.clear()
    this.#outbox.renumber()
    this.#settle()
    this.#identity = next.value
    return ok(undefined)
  }

  async close(): Promise<void> {
    // readers of committed records wait for an open transaction: end it, if its coordinator is there
    const identity = this.#identity
    this.#identity = null
    if (identity !== null && this.#stage !== 'idle') await this.#transaction.endOnce(identity)
    this.#stopping.abort()
    await this.#outbox.close()
    await this.#admitting
    this.#transaction.close()
  }

  async #prepareCommit(offsets: readonly GroupOffset[], membership: Membership): Promise<Result<void, StreamFailure>> {
    const identity = this.#identity
    if (identity === null) return fail({ kind: 'fenced', reason: 'this sink is not open' })
    const flushed = await this.flush()
    if (!flushed.ok) return flushed
    if (offsets.length === 0) return ok(undefined)
    this.#stage = 'running'
    const added = await this.#transaction.addOffsets(identity, offsets, membership)
    return added.ok ? ok(undefined) : added
  }

  async #end(): Promise<Result<WrittenOffsets, StreamFailure>> {
    const identity = this.#identity
    if (identity !== null && this.#stage !== 'idle') {
      this.#stage = 'ending'
      const ended = await this.#transaction.end(identity, true)
      if (!ended.ok) return this.#remember(ended.error)
    }
    const written = this.#written
    this.#settle()
    return ok(written)
  }

  #settle(): void {
    this.#stage = 'idle'
    this.#admitted.clear()
    this.#asking.clear()
    this.#written = new Map()
  }

  /** After anything but `retry` this sink writes nothing more (K3). */
  #remember(failure: StreamFailure): Result<never, StreamFailure> {
    if (failure.kind !== 'retry') this.#outbox.fail(failure)
    return fail(failure)
  }

  #admits(lane: Lane): boolean {
    if (this.#admitted.has(lane)) return true
    this.#asking.add(lane)
    this.#admitting ??= this.#admit().finally(() => {
      this.#admitting = null
    })
    return false
  }

  /** The coordinator hears of a partition before the partition hears of the transaction. */
  async #admit(): Promise<void> {
    // lanes that ask in the same turn go into one call
    await Promise.resolve()
    while (this.#asking.size > 0 && this.#identity !== null) {
      const lanes = [...this.#asking]
      this.#asking.clear()
      const added = await this.#transaction.addPartitions(this.#identity, lanes)
      if (!added.ok) {
        if (added.error.kind !== 'retry') this.#outbox.fail(added.error)
        return // after a retry the next pump asks again
      }
      for (const lane of lanes) this.#admitted.add(lane)
      this.#outbox.pump(true) // which may ask for others
    }
  }
}
