import { ok, type Result } from '../../base/result.ts'
import type { GroupOffset, Membership, StreamGroup } from '../../kafka/group.ts'
import type { OutgoingRecord, RecordCollector } from '../../kafka/record.ts'
import type { RecordSink, TransactionalSink, WrittenOffsets } from '../../kafka/record-sink.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { TopicGate } from './topic-gate.ts'

/** Where tasks write, and how what they wrote becomes a commit: with or without a transaction. */
export interface Writer extends RecordCollector {
  /** Zero where nothing waits to be written. */
  readonly pendingBytes: number
  /** Ready for tasks that write to these topics. Fences the predecessor, where there is one. */
  open(topics: readonly string[]): Promise<Result<void, StreamFailure>>
  /** Sends what waits, outside of a commit. */
  push(): Promise<Result<void, StreamFailure>>
  /** What was written since the last commit that succeeded. */
  commit(offsets: readonly GroupOffset[], membership: Membership): Promise<Result<WrittenOffsets, StreamFailure>>
  /** Forgets what was sent since the last commit, as far as the guarantee allows. `open` must follow. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** Records first, then offsets: a crash between the two writes some records twice, and loses none. */
export class AtLeastOnceWriter implements Writer {
  readonly #openSink: () => RecordSink
  readonly #group: StreamGroup
  readonly #gate = new TopicGate()
  #sink: RecordSink
  #written = new Map<string, number>()

  constructor(openSink: () => RecordSink, group: StreamGroup) {
    this.#openSink = openSink
    this.#group = group
    this.#sink = openSink()
  }

  get pendingBytes(): number {
    return this.#sink.pendingBytes + this.#gate.waiting
  }

  send(record: OutgoingRecord): void {
    this.#gate.send(record, this.#sink)
  }

  async open(topics: readonly string[]): Promise<Result<void, StreamFailure>> {
    return this.#gate.prepare(topics, this.#sink)
  }

  async push(): Promise<Result<void, StreamFailure>> {
    const settled = await this.#gate.settle(this.#sink)
    if (!settled.ok) return settled
    const flushed = await this.#sink.flush()
    if (!flushed.ok) return flushed
    for (const [partition, offset] of flushed.value) this.#written.set(partition, offset)
    return ok(undefined)
  }

  async commit(offsets: readonly GroupOffset[]): Promise<Result<WrittenOffsets, StreamFailure>> {
    const pushed = await this.push()
    if (!pushed.ok) return pushed
    const committed = offsets.length === 0 ? ok(undefined) : await this.#group.commit(offsets)
    if (!committed.ok) return committed
    const written = this.#written
    this.#written = new Map()
    return ok(written)
  }

  async reset(): Promise<void> {
    await this.#sink.close()
    this.#gate.forget()
    this.#written = new Map()
    this.#sink = this.#openSink()
  }

  async close(): Promise<void> {
    await this.#sink.close()
  }
}

/** Records and offsets in one transaction: both are seen, or neither. */
export class ExactlyOnceWriter implements Writer {
  readonly #openSink: () => TransactionalSink
  readonly #gate = new TopicGate()
  #sink: TransactionalSink
  #written = new Map<string, number>()

  constructor(openSink: () => TransactionalSink) {
    this.#openSink = openSink
    this.#sink = openSink()
  }

  get pendingBytes(): number {
    return this.#sink.pendingBytes + this.#gate.waiting
  }

  send(record: OutgoingRecord): void {
    this.#gate.send(record, this.#sink)
  }

  async open(topics: readonly string[]): Promise<Result<void, StreamFailure>> {
    const opened = await this.#sink.open()
    return opened.ok ? this.#gate.prepare(topics, this.#sink) : opened
  }

  async push(): Promise<Result<void, StreamFailure>> {
    const settled = await this.#gate.settle(this.#sink)
    if (!settled.ok) return settled
    const flushed = await this.#sink.flush()
    if (!flushed.ok) return flushed
    for (const [partition, offset] of flushed.value) this.#written.set(partition, offset)
    return ok(undefined)
  }

  async commit(
    offsets: readonly GroupOffset[],
    membership: Membership,
  ): Promise<Result<WrittenOffsets, StreamFailure>> {
    const settled = await this.#gate.settle(this.#sink)
    if (!settled.ok) return settled
    const committed = await this.#sink.commit(offsets, membership)
    if (!committed.ok) return committed
    const written = new Map([...this.#written, ...committed.value])
    this.#written = new Map()
    return ok(written)
  }

  async reset(): Promise<void> {
    await this.#sink.abort()
    await this.#sink.close()
    this.#gate.forget()
    this.#written = new Map()
    this.#sink = this.#openSink()
  }

  async close(): Promise<void> {
    await this.#sink.close()
  }
}
