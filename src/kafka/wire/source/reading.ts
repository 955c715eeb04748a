import type { Position } from '../../record-source.ts'
import type { TopicPartition } from '../../record.ts'
import type { AbortedTransaction } from '../api/fetch.ts'
import type { BatchScan } from '../batch/read-batches.ts'

/** Fetched and not yet polled. */
interface Arrived {
  readonly bytes: Buffer
  readonly scan: BatchScan
  readonly aborted: readonly AbortedTransaction[]
}

interface Taken extends TopicPartition {
  readonly fromOffset: number
  readonly arrived: Arrived
}

/**
 * One assigned partition: where the next poll begins, and what waits for it.
 * While something waits nothing is asked for; once it is handed out, the next
 * fetch asks from `position` on.
 */
export class Reading {
  readonly topic: string
  readonly partition: number
  paused = false
  #position: number
  #turn = 0
  #arrived: Arrived | null = null
  #stopped = false
  #end: number | undefined

  constructor({ topic, partition, offset }: Position) {
    this.topic = topic
    this.partition = partition
    this.#position = offset
  }

  /** The next offset that a poll brings. */
  get position(): number {
    return this.#position
  }

  /** Changes when reading goes on elsewhere, so that an answer to an earlier question is known as one. */
  get turn(): number {
    return this.#turn
  }

  get arrived(): Arrived | null {
    return this.#arrived
  }

  get waitingBytes(): number {
    return this.#arrived?.bytes.length ?? 0
  }

  get isReady(): boolean {
    return this.#arrived !== null && !this.paused
  }

  get isStopped(): boolean {
    return this.#stopped
  }

  /** Undefined until a fetch from here has told where the partition ends. */
  get lag(): number | undefined {
    return this.#end === undefined ? undefined : Math.max(0, this.#end - this.#position)
  }

  get wantsFetch(): boolean {
    return this.#arrived === null && !this.paused && !this.#stopped
  }

  moveTo(offset: number): void {
    this.#position = offset
    this.#turn++
    this.#arrived = null
    this.#stopped = false
    this.#end = undefined
  }

  /** The next offset that will be written, or that readers of committed records will see. */
  endsAt(offset: number): void {
    this.#end = offset
  }

  arrive(arrived: Arrived): void {
    this.#arrived = arrived
  }

  /** Hands out what arrived; reading goes on behind it. */
  take(): Taken {
    const arrived = this.#arrived
    if (arrived === null) throw new Error('nothing has arrived')
    const { topic, partition, position: fromOffset } = this
    this.#position = arrived.scan.nextOffset
    this.#arrived = null
    return { topic, partition, fromOffset, arrived }
  }

  /** Its offset is not in the log: nothing is asked before it is moved. */
  stop(): void {
    this.#stopped = true
  }
}
