import type { TopicPartition } from '../../record.ts'
import { BatchWriter, largestSize, stampOrigin } from '../batch/batch-writer.ts'
import type { WritableRecord } from '../batch/batch-writer.ts'
import type { Codecs, Compression } from '../batch/codec.ts'
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
}

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
 *   L2  After a failure nothing is sent before every batch under way is answered.
 */
export class Lane implements TopicPartition {
  readonly topic: string
  readonly partition: number
  readonly #options: LaneOptions
  #writer: BatchWriter | null = null
  #likelyBytes = smallestBatchBytes
  readonly #sealed: SealedBatch[] = []
  #waiting = 0
  #sealedBytes = 0
  #underWay = 0
  #nextSequence = 0
  #heldBack = false

  constructor({ topic, partition }: TopicPartition, options: LaneOptions) {
    this.topic = topic
    this.partition = partition
    this.#options = options
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
  append(record: WritableRecord): boolean {
    const isFull = this.#writer !== null && this.#writer.sizeBytes + largestSize(record) > this.#options.batchBytes
    if (isFull) this.#seal()
    this.#writer ??= new BatchWriter(this.#likelyBytes, (sizeBytes) => this.#options.memory.take(sizeBytes))
    this.#writer.append(record)
    return isFull
  }

  /** Whether something could be sent now; `partial` counts the batch under construction, too. */
  hasSendable(partial: boolean): boolean {
    if (this.#heldBack) return false
    return this.#waiting > 0 || (partial && this.#writer !== null)
  }

  /** The next batch to send, with its sequence number and checksum in it. Only after `hasSendable`. */
  take(identity: ProducerIdentity, transactional: boolean): SealedBatch {
    if (this.#waiting === 0) this.#seal()
    const batch = this.#sealed.find(({ state }) => state === 'waiting')
    if (batch === undefined) throw new Error(`nothing to send to ${this.topic}-${this.partition}`)
    stampOrigin(batch.bytes, { ...identity, baseSequence: batch.sequence, transactional })
    batch.state = 'sent'
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
  }

  /** It has to be sent again, and what was sent after it, too. */
  putBack(batch: SealedBatch): void {
    this.#underWay--
    batch.state = 'waiting'
    this.#waiting++
    this.#heldBack = true
  }

  /** Lets sending go on after a failure, unless answers are still to come (L2). */
  release(): void {
    if (this.#underWay === 0) this.#heldBack = false
  }

  isOldest(batch: SealedBatch): boolean {
    return this.#sealed[0] === batch
  }

  /** Begins to count anew, for a producer that the broker has not met. Nothing may be under way. */
  renumber(): void {
    this.#nextSequence = 0
    for (const batch of this.#sealed) batch.sequence = this.#sequenceOf(batch.count)
  }

  /** Forgets every record. Nothing may be under way. */
  clear(): void {
    this.#writer = null
    this.#sealed.length = 0
    this.#sealedBytes = 0
    this.#waiting = 0
    this.#heldBack = false
  }

  #seal(): void {
    const writer = this.#writer
    if (writer === null) return
    const { compression, codecs } = this.#options
    const { count, memory } = writer
    this.#writer = null
    this.#likelyBytes = Math.max(smallestBatchBytes, writer.sizeBytes)
    const bytes = writer.finish(compression, codecs)
    this.#sealed.push({ bytes, memory, count, sequence: this.#sequenceOf(count), state: 'waiting' })
    this.#sealedBytes += bytes.length
    this.#waiting++
  }

  #sequenceOf(count: number): number {
    const sequence = this.#nextSequence
    this.#nextSequence = (sequence + count) % sequences
    return sequence
  }
}
