import { fail, ok } from '../../../base/result.ts'
import type { Result } from '../../../base/result.ts'
import type { OutgoingRecord } from '../../record.ts'
import type { SinkOptions, WrittenOffsets } from '../../record-sink.ts'
import type { StreamFailure } from '../../stream-failure.ts'
import { printTopicPartition } from '../../topic-partition.ts'
import { errorCode, isPassing } from '../api/error-code.ts'
import { produce } from '../api/produce.ts'
import type { ProducedPartition, ProduceResponse } from '../api/produce.ts'
import { Codecs } from '../batch/codec.ts'
import type { Compression } from '../batch/codec.ts'
import { byTopic } from '../by-topic.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { LeaderWatch } from '../cluster/leader-watch.ts'
import type { Lines } from '../cluster/lines.ts'
import { failureOfCode, failureOfConnection } from '../cluster/stream-failures.ts'
import type { Connection } from '../connection/connection.ts'
import { BatchMemory } from './batch-memory.ts'
import type { Lane, ProducerIdentity, SealedBatch } from './lane.ts'
import { Lanes } from './lanes.ts'
import { Patience } from './patience.ts'
import { isOfRecords, isTooLarge, sortRefused } from './refusals.ts'

export interface OutboxOptions extends SinkOptions {
  readonly transactionalId: string | null
  readonly compression: Compression
  /** A batch is ended when the next record might not fit into so many bytes. */
  readonly batchBytes: number
  /** Requests under way at one broker; it remembers five batches of a producer, so five at most. */
  readonly maxUnderWay: number
  /** How long `flush` sits out a cluster that takes nothing before it says `retry`. */
  readonly patienceMs: number
}

/** What the owner decides: who the producer is, and what has to happen before a partition may be written. */
export interface OutboxOwner {
  /** null as long as it is not known, or not valid: nothing is sent. The owner calls `pump` when it is. */
  identity(): ProducerIdentity | null
  /** Whether the partition may be written now; if not, the owner sees to it and calls `pump`. */
  admits(lane: Lane): boolean
  /** The broker does not know the producer, or misses a batch that was acknowledged: its numbers are void. */
  numbersLost(reason: string): void
}

interface Shipment {
  readonly topic: string
  readonly partition: number
  readonly lane: Lane
  readonly batch: SealedBatch
  readonly records: Buffer
}

/** No broker's number: where lanes without a known leader are gathered. */
const nobody = -1

/** A broker that leaves a partition out of its answer has not said that it wrote. */
const noAnswer: ProducedPartition = {
  partition: nobody,
  errorCode: errorCode.networkException,
  baseOffset: -1,
  message: null,
  recordErrors: [],
}

/** No request takes a further batch beyond this. */
const maxRequestBytes = 8 * 1024 * 1024

/**
 * Batches on their way to the leaders of their partitions. A full batch goes out
 * at once, from within `send`; a partial one when its broker has nothing under
 * way, so that batches grow with the load and nothing waits for a timer.
 */
export class Outbox {
  readonly #cluster: Cluster
  readonly #options: OutboxOptions
  readonly #owner: OutboxOwner
  readonly #lines: Lines
  readonly #lanes: Lanes
  readonly #codecs = new Codecs()
  readonly #stopping = new AbortController()
  readonly #watch: LeaderWatch
  readonly #underWay = new Map<number, number>()
  readonly #background = new Set<Promise<void>>()
  #written = new Map<string, number>()
  readonly #patience: Patience
  #flushing = false
  /** Records that are to be sent in place of refused ones, and whose topics are still looked up. */
  #preparing = 0
  #tick: NodeJS.Immediate | undefined
  #failure: StreamFailure | null = null
  #trouble: StreamFailure | null = null

  constructor(cluster: Cluster, options: OutboxOptions, owner: OutboxOwner) {
    this.#cluster = cluster
    this.#options = options
    this.#owner = owner
    this.#lines = cluster.openLines()
    this.#lanes = new Lanes({ ...options, codecs: this.#codecs, memory: new BatchMemory(options.batchBytes) })
    this.#patience = new Patience(cluster.options.clock, options.patienceMs, this.#stopping.signal)
    this.#watch = new LeaderWatch(cluster, this.#stopping.signal, (failure) => this.#looked(failure))
  }

  get pendingBytes(): number {
    return this.#lanes.pendingBytes
  }

  async prepare(topics: readonly string[]): Promise<Result<void, StreamFailure>> {
    await this.#codecs.load(this.#options.compression)
    const unknown = topics.filter((topic) => !this.#lanes.knows(topic))
    if (unknown.length === 0) return ok(undefined)
    const looked = await this.#cluster.refresh(unknown, this.#stopping.signal)
    if (!looked.ok) return looked
    for (const topic of unknown) {
      const count = this.#cluster.partitionCount(topic)
      if (count !== null) this.#lanes.learn(topic, count)
      this.#connectAhead(topic, count ?? 0)
    }
    const failure = unknown.map((topic) => this.#cluster.topicFailure(topic)).find((each) => each !== null)
    return failure === undefined ? ok(undefined) : fail(failure)
  }

  partitions(topic: string): number | undefined {
    return this.#lanes.partitions(topic)
  }

  send(record: OutgoingRecord): void {
    const finishedBatch = this.#lanes.laneFor(record).append(record)
    if (finishedBatch) this.pump(false)
    this.#tick ??= setImmediate(() => {
      this.#tick = undefined
      this.pump(true)
    })
  }

  /** Ends when everything sent before is acknowledged, or when nothing was for `patienceMs`. */
  async flush(): Promise<Result<WrittenOffsets, StreamFailure>> {
    this.#flushing = true
    this.pump(true)
    const isWritten = () => this.pendingBytes === 0 && this.#preparing === 0
    const isOver = await this.#patience.waitUntil(() => this.#failure !== null || isWritten())
    this.#flushing = false
    if (this.#failure !== null) return fail(this.#failure)
    if (!isOver) {
      const trouble = this.#trouble?.reason ?? 'no answer yet'
      return fail({ kind: 'retry', reason: `nothing was written for ${this.#options.patienceMs} ms: ${trouble}` })
    }
    const written = this.#written
    this.#written = new Map()
    return ok(written)
  }

  /** Sends what may be sent now; `partial` takes batches that could still grow. */
  pump(partial: boolean): void {
    const identity = this.#owner.identity()
    if (identity === null || this.#failure !== null || this.#stopping.signal.aborted) return
    const sendable = this.#lanes.all.filter((lane) => lane.hasSendable(partial) && this.#owner.admits(lane))
    const byNode = Map.groupBy(sendable, (lane) => this.#cluster.leader(lane)?.nodeId ?? nobody)
    for (const [nodeId, lanes] of byNode) {
      if (nodeId === nobody) this.#watch.look(lanes.map(({ topic }) => topic))
      else this.#sendTo(nodeId, lanes, identity, partial)
    }
  }

  /** Ends when nothing is under way any more; false when that does not come about in time. */
  quiet(): Promise<boolean> {
    return this.#patience.waitUntil(() => this.#lanes.areQuiet)
  }

  /** Forgets every record and failure. Only when quiet. */
  clear(): void {
    for (const lane of this.#lanes.all) lane.clear()
    this.#written = new Map()
    this.#failure = null
  }

  /** Numbers every batch anew, for a producer that brokers have not met. Only when quiet. */
  renumber(): void {
    for (const lane of this.#lanes.all) lane.renumber()
  }

  /** Writes nothing more; `flush` says why. */
  fail(failure: StreamFailure): void {
    this.#failure ??= failure
    this.#patience.wake()
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    clearImmediate(this.#tick)
    this.#lines.close()
    await this.#watch.close()
    await Promise.all(this.#background)
  }

  #sendTo(nodeId: number, lanes: readonly Lane[], identity: ProducerIdentity, partial: boolean): void {
    for (;;) {
      const underWay = this.#underWay.get(nodeId) ?? 0
      const takesPartial = partial && (this.#flushing || underWay === 0)
      const ready = lanes.filter((lane) => lane.hasSendable(takesPartial))
      if (ready.length === 0 || underWay >= this.#options.maxUnderWay) return
      const connection = this.#lines.open(nodeId)
      if (connection === null) {
        // nobody waits for it twice: a node whose line is being opened counts as full
        this.#underWay.set(nodeId, this.#options.maxUnderWay)
        this.#inBackground(this.#openLine(nodeId, ready))
        return
      }
      this.#underWay.set(nodeId, underWay + 1)
      this.#inBackground(this.#ship(nodeId, connection, this.#load(ready, identity)))
    }
  }

  /** Who sends first has no turn of the event loop to connect in before it has sent for a while. */
  #connectAhead(topic: string, partitions: number): void {
    for (let partition = 0; partition < partitions; partition++) {
      const leader = this.#cluster.leader({ topic, partition })
      if (leader === null) continue
      const connecting = this.#lines.connection(leader.nodeId, this.#stopping.signal)
      // one that fails is tried again when there is something to send
      this.#inBackground(connecting.then(() => undefined))
    }
  }

  async #openLine(nodeId: number, lanes: readonly Lane[]): Promise<void> {
    const opened = await this.#lines.connection(nodeId, this.#stopping.signal)
    this.#underWay.set(nodeId, 0)
    if (opened.ok) this.pump(true)
    else this.#stumble(failureOfConnection(opened.error), lanes)
  }

  #load(lanes: readonly Lane[], identity: ProducerIdentity): readonly Shipment[] {
    const shipments: Shipment[] = []
    let sizeBytes = 0
    for (const lane of lanes) {
      if (sizeBytes > maxRequestBytes) break
      const batch = lane.take(identity, this.#options.transactionalId !== null)
      shipments.push({ topic: lane.topic, partition: lane.partition, lane, batch, records: batch.bytes })
      sizeBytes += batch.bytes.length
    }
    return shipments
  }

  async #ship(nodeId: number, connection: Connection, shipments: readonly Shipment[]): Promise<void> {
    const { transactionalId } = this.#options
    const { requestTimeoutMs } = this.#cluster.options
    const request = { transactionalId, timeoutMs: requestTimeoutMs, topics: byTopic(shipments) }
    const answer = await connection.call(produce, request)
    this.#underWay.set(nodeId, Math.max(0, (this.#underWay.get(nodeId) ?? 0) - 1))
    if (!answer.ok) {
      for (const { lane, batch } of shipments) lane.putBack(batch)
      this.#stumble(
        failureOfConnection(answer.error),
        shipments.map(({ lane }) => lane),
      )
    } else {
      const answers = byPartition(answer.value.topics)
      for (const shipment of shipments) this.#settle(shipment, answers.get(printTopicPartition(shipment.lane)))
      // a cluster that holds us back by its quota is not one that is away
      if (answer.value.throttleMs > 0) this.#patience.renew(answer.value.throttleMs)
    }
    this.#patience.wake()
    this.pump(true)
  }

  #settle({ lane, batch }: Shipment, answer: ProducedPartition = noAnswer): void {
    const { errorCode: code, baseOffset } = answer
    if (code === errorCode.none || code === errorCode.duplicateSequenceNumber) {
      lane.acknowledge(batch)
      this.#patience.renew()
      this.#watch.settle()
      this.#note(lane, baseOffset, batch.count)
    } else {
      this.#settleRefused(lane, batch, answer)
    }
    if (!lane.isHeldBack || lane.underWay > 0) return
    if (lane.refused.length > 0) this.#sortRefused(lane)
    else this.#watch.look([lane.topic])
  }

  /** Once all is answered: what the broker will not have is asked about, and the rest is sent in other batches. */
  #sortRefused(lane: Lane): void {
    const { onRefused } = this.#options
    for (const batch of lane.refused) {
      const { refusal: answer } = batch
      if (answer === undefined) continue
      const sorted = sortRefused(lane, batch, { answer, codecs: this.#codecs, onRefused })
      if (!sorted.ok) return this.fail(sorted.error)
      if (isTooLarge(answer.errorCode)) lane.shrink(batch.bytes.length)
      lane.replace(batch, sorted.value.groups)
      if (sorted.value.instead.length > 0) this.#inBackground(this.#sendInstead(sorted.value.instead))
    }
    this.#patience.renew()
    lane.release()
  }

  async #sendInstead(records: readonly OutgoingRecord[]): Promise<void> {
    this.#preparing += records.length
    const prepared = await this.prepare([...new Set(records.map(({ topic }) => topic))])
    this.#preparing -= records.length
    if (!prepared.ok) {
      const { kind, reason } = prepared.error
      // What would have been sent is lost with this sink: from the last commit on all is done again.
      this.fail(kind === 'retry' ? { kind: 'fenced', reason } : prepared.error)
      return
    }
    for (const record of records) this.send(record)
    this.#patience.wake()
  }

  #settleRefused(lane: Lane, batch: SealedBatch, answer: ProducedPartition): void {
    const { errorCode: code, message } = answer
    const failure = failureOfCode(code, `writing to ${printTopicPartition(lane)}`, message)
    const voids = code === errorCode.outOfOrderSequenceNumber || code === errorCode.unknownProducerId
    // behind a batch that has to be sent again, out of order is what we expect
    if (voids && lane.isOldest(batch) && !lane.isHeldBack) this.#owner.numbersLost(failure.reason)
    lane.putBack(batch)
    if (voids) return
    this.#trouble = failure
    if (isOfRecords(code)) {
      batch.refusal = answer
      return
    }
    if (!isPassing(code)) this.fail(failure)
    else this.#cluster.forgetLeader(lane)
  }

  #note(lane: Lane, baseOffset: number, count: number): void {
    if (baseOffset < 0) return
    const key = printTopicPartition(lane)
    this.#written.set(key, Math.max(this.#written.get(key) ?? 0, baseOffset + count))
  }

  /** Nobody answered: another broker may lead by now. */
  #stumble(failure: StreamFailure, lanes: readonly Lane[]): void {
    this.#trouble = failure
    if (failure.kind === 'fatal') this.fail(failure)
    for (const lane of lanes) this.#cluster.forgetLeader(lane)
    this.#watch.look(lanes.map(({ topic }) => topic))
  }

  #looked(failure: StreamFailure | null): void {
    const missing = this.#lanes.all.map(({ topic }) => this.#cluster.topicFailure(topic)).find((each) => each !== null)
    const trouble = failure ?? missing ?? null
    if (trouble !== null) this.#trouble = trouble
    if (trouble?.kind === 'fatal') this.fail(trouble)
    for (const lane of this.#lanes.all) lane.release()
    this.pump(true)
  }

  #inBackground(work: Promise<void>): void {
    const tracked = work.finally(() => this.#background.delete(tracked))
    this.#background.add(tracked)
  }
}

function byPartition(topics: ProduceResponse['topics']): ReadonlyMap<string, ProducedPartition> {
  const answers = new Map<string, ProducedPartition>()
  for (const { name: topic, partitions } of topics) {
    for (const each of partitions) answers.set(printTopicPartition({ topic, partition: each.partition }), each)
  }
  return answers
}
