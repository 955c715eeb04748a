import { setTimeout as delay } from 'node:timers/promises'
import { fail, ok, type Result } from '../../src/base/result.ts'
import type { GroupOffset, GroupOptions, Membership, StreamGroup } from '../../src/kafka/group.ts'
import { partitionForKey } from '../../src/kafka/murmur2.ts'
import type { OutgoingRecord, TopicPartition } from '../../src/kafka/record.ts'
import type { RecordSink, SinkOptions, TransactionalSink, WrittenOffsets } from '../../src/kafka/record-sink.ts'
import type { Polled, Position, RecordSource, SourceOptions } from '../../src/kafka/record-source.ts'
import type { StreamClient, TransactionOptions } from '../../src/kafka/stream-client.ts'
import type { StreamFailure } from '../../src/kafka/stream-failure.ts'
import { printTopicPartition } from '../../src/kafka/topic-partition.ts'
import { FakeCoordinator } from './fake-kafka-group.ts'
import { FakeLog, toBatch, type FakeTransaction } from './fake-kafka-log.ts'

/** A cluster in memory that behaves: logs, groups with generations, fenced transactions. Held to the contract of the real clients. */
export class FakeKafka {
  readonly log = new FakeLog()
  /** Whether the ACLs let this tenant delete records. */
  mayPurge = true
  /** Records that the brokers will not have. */
  refuses: (record: OutgoingRecord) => boolean = () => false
  /** How often somebody asked for it. */
  purges = 0
  readonly #groups = new Map<string, FakeCoordinator>()
  readonly #producers = new Map<string, FakeTransactionalSink>()

  group(groupId: string): FakeCoordinator {
    const found = this.#groups.get(groupId) ?? new FakeCoordinator()
    this.#groups.set(groupId, found)
    return found
  }

  openClient(): StreamClient {
    return {
      openSource: (options) => new FakeSource(this.log, options),
      openSink: (options) => new FakeSink(this, options),
      openTransactionalSink: (options) => new FakeTransactionalSink(this, options),
      openGroup: ({ groupId, rebalanceTimeoutMs }: GroupOptions): StreamGroup =>
        this.group(groupId).open(rebalanceTimeoutMs),
      partitions: async (topics) => ok(this.#counts(topics)),
      topics: async () => ok(this.log.topics),
      offsets: async (partitions, end) => {
        const find = { beginning: 'beginning', end: 'end', 'committed-end': 'stableEnd' } as const
        return ok(
          new Map(partitions.map((partition) => [printTopicPartition(partition), this.log[find[end]](partition)])),
        )
      },
      purge: async (positions) => this.#purge(positions),
      close: async () => {},
    }
  }

  /** The newest sink of an id fences the one before, and ends what it left open. */
  async admit(transactionalId: string, sink: FakeTransactionalSink): Promise<void> {
    await this.#producers.get(transactionalId)?.fence()
    this.#producers.set(transactionalId, sink)
  }

  #purge(positions: readonly Position[]): Result<void, StreamFailure> {
    this.purges += 1
    if (!this.mayPurge) {
      const reason = `purging ${positions[0]?.topic}: TOPIC_AUTHORIZATION_FAILED`
      return fail({ kind: 'fatal', reason, whatToDo: 'ask for the right to delete' })
    }
    for (const position of positions)
      this.log.deleteBefore(position, Math.max(position.offset, this.log.beginning(position)))
    return ok(undefined)
  }

  #counts(topics: readonly string[]): ReadonlyMap<string, number> {
    return new Map(
      topics.flatMap((topic) => {
        const count = this.log.partitions(topic)
        return count === undefined ? [] : [[topic, count] as const]
      }),
    )
  }
}

class FakeSource implements RecordSource {
  readonly #log: FakeLog
  readonly #options: SourceOptions
  #positions = new Map<string, Position>()
  readonly #paused = new Set<string>()
  readonly #fetched = new Set<string>()

  constructor(log: FakeLog, options: SourceOptions) {
    this.#log = log
    this.#options = options
  }

  assign(positions: readonly Position[]): void {
    this.#positions = new Map(positions.map((position) => [printTopicPartition(position), position]))
  }

  seek(position: Position): void {
    this.#positions.set(printTopicPartition(position), position)
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.add(printTopicPartition(partition))
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.delete(printTopicPartition(partition))
  }

  lag(partition: TopicPartition): number | undefined {
    const position = this.#positions.get(printTopicPartition(partition))
    if (position === undefined || !this.#fetched.has(printTopicPartition(partition))) return undefined
    const end = this.#options.readCommitted ? this.#log.stableEnd(partition) : this.#log.end(partition)
    return Math.max(0, end - position.offset)
  }

  async poll(maxWaitMs: number, signal: AbortSignal): Promise<Result<Polled, StreamFailure>> {
    const wanted = [...this.#positions].filter(([key]) => !this.#paused.has(key)).map(([, position]) => position)
    const lost = wanted.filter((position) => {
      return position.offset < this.#log.beginning(position) || position.offset > this.#log.end(position)
    })
    if (lost.length > 0)
      return fail({
        kind: 'out-of-range',
        reason: 'not in the log',
        partitions: lost.map(({ topic, partition }) => ({ topic, partition })),
      })
    const read = wanted.map((position) => ({
      position,
      ...this.#log.read(position, position.offset, this.#options.readCommitted),
    }))
    for (const { position } of read) this.#fetched.add(printTopicPartition(position))
    const moved = read.filter(({ position, next }) => next > position.offset)
    if (moved.length === 0) await delay(Math.min(maxWaitMs, 1), undefined, { signal }).catch(() => undefined)
    const positions = moved.map(({ position, next }) => ({ ...position, offset: next }))
    for (const position of positions) this.#positions.set(printTopicPartition(position), position)
    const batches = moved
      .filter(({ records }) => records.length > 0)
      .map(({ position: { topic, partition }, records }) => toBatch({ topic, partition }, records))
    return ok({ batches, positions })
  }

  async close(): Promise<void> {}
}

class FakeSink implements RecordSink {
  readonly #kafka: FakeKafka
  readonly #log: FakeLog
  readonly #options: SinkOptions
  #pending: OutgoingRecord[] = []

  constructor(kafka: FakeKafka, options: SinkOptions = {}) {
    this.#kafka = kafka
    this.#log = kafka.log
    this.#options = options
  }

  get pendingBytes(): number {
    return this.#pending.length
  }

  async prepare(): Promise<Result<void, StreamFailure>> {
    return ok(undefined)
  }

  partitions(topic: string): number | undefined {
    return this.#log.partitions(topic)
  }

  send(record: OutgoingRecord): void {
    this.#pending.push(record)
  }

  async flush(transaction?: FakeTransaction): Promise<Result<WrittenOffsets, StreamFailure>> {
    const written = new Map<string, number>()
    for (let record = this.#pending.shift(); record !== undefined; record = this.#pending.shift()) {
      if (this.#kafka.refuses(record)) {
        const refused = { ...record, partition: record.partition ?? 0, reason: 'MESSAGE_TOO_LARGE' }
        const answer = this.#options.onRefused?.(refused)
        if (answer?.isDropped !== true) return fail({ kind: 'fatal', reason: refused.reason, whatToDo: 'send less' })
        this.#pending.push(...answer.instead)
        continue
      }
      const placed = { ...record, partition: record.partition ?? this.#partitionOf(record) }
      written.set(printTopicPartition(placed), this.#log.append(placed, transaction) + 1)
    }
    return ok(written)
  }

  /** What was sent and not flushed never reached the broker. */
  async close(): Promise<void> {
    this.#pending = []
  }

  #partitionOf({ topic, key }: OutgoingRecord): number {
    const count = this.#log.partitions(topic)
    if (count === undefined) throw new Error(`topic ${topic} was not prepared`)
    return key === null ? 0 : partitionForKey(key, count)
  }
}

class FakeTransactionalSink implements TransactionalSink {
  readonly #kafka: FakeKafka
  readonly #options: TransactionOptions
  readonly #sink: FakeSink
  #transaction: FakeTransaction = { state: 'open' }
  #touched = new Map<string, TopicPartition>()
  #written = new Map<string, number>()
  #isFenced = false

  constructor(kafka: FakeKafka, options: TransactionOptions) {
    this.#kafka = kafka
    this.#options = options
    this.#sink = new FakeSink(kafka, options)
  }

  get pendingBytes(): number {
    return this.#sink.pendingBytes
  }

  async open(): Promise<Result<void, StreamFailure>> {
    await this.#kafka.admit(this.#options.transactionalId, this)
    return ok(undefined)
  }

  prepare(): Promise<Result<void, StreamFailure>> {
    return this.#sink.prepare()
  }

  partitions(topic: string): number | undefined {
    return this.#sink.partitions(topic)
  }

  send(record: OutgoingRecord): void {
    this.#sink.send(record)
  }

  async flush(): Promise<Result<WrittenOffsets, StreamFailure>> {
    if (this.#isFenced) return fail({ kind: 'fenced', reason: 'a newer producer has this id' })
    const flushed = await this.#sink.flush(this.#transaction)
    if (!flushed.ok) return flushed
    for (const [key, offset] of flushed.value) {
      this.#written.set(key, offset)
      const at = key.lastIndexOf('-')
      this.#touched.set(key, { topic: key.slice(0, at), partition: Number(key.slice(at + 1)) })
    }
    return flushed
  }

  async commit(
    offsets: readonly GroupOffset[],
    membership: Membership,
  ): Promise<Result<WrittenOffsets, StreamFailure>> {
    const flushed = await this.flush()
    if (!flushed.ok) return flushed
    const group = this.#kafka.group(this.#options.groupId)
    const refused = offsets.length === 0 ? undefined : group.check(membership)
    if (refused !== undefined) return fail(refused)
    for (const offset of offsets) group.offsets.set(printTopicPartition(offset), offset)
    const written = this.#written
    this.#end('committed')
    return ok(written)
  }

  async abort(): Promise<Result<void, StreamFailure>> {
    if (!this.#isFenced) this.#end('aborted')
    await this.#sink.close()
    return ok(undefined)
  }

  async fence(): Promise<void> {
    if (this.#isFenced) return
    this.#end('aborted')
    this.#isFenced = true
  }

  close(): Promise<void> {
    return this.#sink.close()
  }

  #end(state: 'committed' | 'aborted'): void {
    this.#transaction.state = state
    for (const partition of this.#touched.values()) this.#kafka.log.mark(partition)
    this.#touched = new Map()
    this.#written = new Map()
    this.#transaction = { state: 'open' }
  }
}
