import type { OutgoingRecord, TopicPartition } from '../../record.ts'
import type { ProducedPartition } from '../api/produce.ts'
import { BatchWriter, largestSize, stampOrigin } from '../batch/batch-writer.ts'
import type { WritableRecord } from '../batch/batch-writer.ts'
import type { Codecs, Compression } from '../batch/codec.ts'
import { layout } from '../batch/layout.ts'
import type { BatchMemory } from './batch-memory.ts'

export interface ProducerIdentity {
  readonly producerId: number
  readonly producerEpoch: number
}

/** A finished batch, kept until the broker has it. */
export interface SealedBatch {
  readonly bytes: Buffer
  /** What `bytes` lie in; free again when the broker has them. */
  readonly memory: Buffer
  readonly count: number
  /** The broker takes a producer's batches for a partition in this order, each once. */
  sequence: number
  state: 'waiting' | 'sent'
  /** What came with its records, by their places; undefined where nothing did. */
  readonly causes: readonly unknown[] | undefined
  /** Why the broker will never take it as it is. */
  refusal: ProducedPartition | undefined
}

export type LaneRecord = WritableRecord & Pick<OutgoingRecord, 'cause'>

export interface LaneOptions {
  readonly compression: Compression
  readonly codecs: Codecs
  /** A batch is ended when the next record might not fit into so many bytes. */
  readonly batchBytes: number
  readonly memory: BatchMemory
}

const smallestBatchBytes = 1024
const sequences = 2 ** 31

/**
 * The records on their way to one partition: a batch under construction, and
 * those that are finished, oldest first.
 *
 * Invariants
 *   L1  Batches are sent, and after a failure sent again, in the order of their sequence numbers.
 *   L2  After a failure nothing is sent before every batch under way is answered. From there on, and at first, one batch is under
 *       way until the broker has it: one that knows no number of this producer takes any, and so the second without the first.
 *   L3  What is sent in place of a batch that was refused takes its numbers, and what comes behind it is numbered anew: the
 *       broker has seen none of them.
 */
export class Lane implements TopicPartition {
  readonly topic: string
  readonly partition: number
  readonly #options: LaneOptions
  #writer: BatchWriter | null = null
  #causes: unknown[] | undefined
  /** The number behind the last batch that the broker has. */
  #acknowledgedTo = 0
  #mostBytes: number
  #likelyBytes = smallestBatchBytes
  readonly #sealed: SealedBatch[] = []
  #waiting = 0
  #sealedBytes = 0
  #underWay = 0
  #nextSequence = 0
  #heldBack = false
  /** The broker has taken a batch since it began, or since the last failure. */
  #isProven = false

  constructor({ topic, partition }: TopicPartition, options: LaneOptions) {
    this.topic = topic
    this.partition = partition
    this.#options = options
    this.#mostBytes = options.batchBytes
  }

  /** Bytes of everything not yet acknowledged. */
  get sizeBytes(): number {
    return this.#sealedBytes + (this.#writer?.sizeBytes ?? 0)
  }

  get underWay(): number {
    return this.#underWay
  }

  /** After a failure, until `release`. */
  get isHeldBack(): boolean {
    return this.#heldBack
  }

  /** Answers true when that finished a batch. */
  append(record: LaneRecord): boolean {
    const isFull = this.#writer !== null && this.#writer.sizeBytes + largestSize(record) > this.#mostBytes
    if (isFull) this.#seal()
    this.#writer ??= this.#open(this.#likelyBytes)
    if (record.cause !== undefined) (this.#causes ??= [])[this.#writer.count] = record.cause
    this.#writer.append(record)
    return isFull
  }

  /** Whether something could be sent now; `partial` counts the batch under construction, too. */
  hasSendable(partial: boolean): boolean {
    if (this.#heldBack || (!this.#isProven && this.#underWay > 0)) return false
    return this.#waiting > 0 || (partial && this.#writer !== null)
  }

  /** The next batch to send, with its sequence number and checksum in it. Only after `hasSendable`. */
  take(identity: ProducerIdentity, transactional: boolean): SealedBatch {
    if (this.#waiting === 0) this.#seal()
    const batch = this.#sealed.find(({ state }) => state === 'waiting')
    if (batch === undefined) throw new Error(`nothing to send to ${this.topic}-${this.partition}`)
    stampOrigin(batch.bytes, { ...identity, baseSequence: batch.sequence, transactional })
    batch.state = 'sent'
    batch.refusal = undefined
    this.#waiting--
    this.#underWay++
    return batch
  }

  /** The broker has it. */
  acknowledge(batch: SealedBatch): void {
    this.#underWay--
    this.#sealedBytes -= batch.bytes.length
    this.#sealed.splice(this.#sealed.indexOf(batch), 1)
    this.#options.memory.give(batch.memory)
    this.#isProven = true
    this.#acknowledgedTo = (batch.sequence + batch.count) % sequences
  }

  /** It has to be sent again, and what was sent after it, too. */
  putBack(batch: SealedBatch): void {
    this.#underWay--
    batch.state = 'waiting'
    this.#waiting++
    this.#heldBack = true
    this.#isProven = false
  }

  /** Lets sending go on after a failure, unless answers are still to come (L2). */
  release(): void {
    if (this.#underWay === 0) this.#heldBack = false
  }

  /** Batches that the broker will never take as they are. */
  get refused(): readonly SealedBatch[] {
    return this.#sealed.filter(({ refusal }) => refusal !== undefined)
  }

  /** Puts batches of these records in place of one that was refused (L3). Nothing may be under way. */
  replace(batch: SealedBatch, groups: readonly (readonly LaneRecord[])[]): void {
    const first = this.#sealed[0]?.sequence ?? 0
    const made = groups.map((records) => this.#pack(records))
    this.#sealed.splice(this.#sealed.indexOf(batch), 1, ...made)
    this.#waiting += made.length - 1
    this.#sealedBytes += made.reduce((sum, { bytes }) => sum + bytes.length, 0) - batch.bytes.length
    this.#options.memory.give(batch.memory)
    // A broker that has met nothing of this producer takes any first number: then something behind the refused batch is there.
    this.#numberFrom(isBehind(this.#acknowledgedTo, first) ? this.#acknowledgedTo : first)
  }

  /** Batches of so many bytes do not pass: those to come are smaller. */
  shrink(refusedBytes: number): void {
    this.#mostBytes = Math.max(smallestBatchBytes, Math.min(this.#mostBytes, Math.floor(refusedBytes / 2)))
  }

  isOldest(batch: SealedBatch): boolean {
    return this.#sealed[0] === batch
  }

  /** Begins to count anew, for a producer that the broker has not met. Nothing may be under way. */
  renumber(): void {
    this.#acknowledgedTo = 0
    this.#isProven = false
    this.#numberFrom(0)
  }

  /** Forgets every record. Nothing may be under way. */
  clear(): void {
    this.#writer = null
    this.#causes = undefined
    this.#sealed.length = 0
    this.#sealedBytes = 0
    this.#waiting = 0
    this.#heldBack = false
  }

  #seal(): void {
    const writer = this.#writer
    if (writer === null) return
    this.#writer = null
    this.#likelyBytes = Math.max(smallestBatchBytes, writer.sizeBytes)
    const batch = this.#finish(writer, this.#causes)
    this.#causes = undefined
    batch.sequence = this.#sequenceOf(batch.count)
    this.#sealed.push(batch)
    this.#sealedBytes += batch.bytes.length
    this.#waiting++
  }

  #pack(records: readonly LaneRecord[]): SealedBatch {
    const writer = this.#open(records.reduce<number>((sum, record) => sum + largestSize(record), layout.records))
    for (const record of records) writer.append(record)
    const causes = records.some(({ cause }) => cause !== undefined) ? records.map(({ cause }) => cause) : undefined
    return this.#finish(writer, causes)
  }

  #open(likelyBytes: number): BatchWriter {
    return new BatchWriter(likelyBytes, (sizeBytes) => this.#options.memory.take(sizeBytes))
  }

  #finish(writer: BatchWriter, causes: readonly unknown[] | undefined): SealedBatch {
    const { compression, codecs } = this.#options
    const { count, memory } = writer
    return {
      bytes: writer.finish(compression, codecs),
      memory,
      count,
      sequence: 0,
      state: 'waiting',
      causes,
      refusal: undefined,
    }
  }

  #numberFrom(sequence: number): void {
    this.#nextSequence = sequence
    for (const batch of this.#sealed) batch.sequence = this.#sequenceOf(batch.count)
  }

  #sequenceOf(count: number): number {
    const sequence = this.#nextSequence
    this.#nextSequence = (sequence + count) % sequences
    return sequence
  }
}

/** Numbers begin at zero again after the last one. */
function isBehind(one: number, other: number): boolean {
  const distance = (one - other + sequences) % sequences
  return distance > 0 && distance < sequences / 2
}
