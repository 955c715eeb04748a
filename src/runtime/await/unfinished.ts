import type { TopicPartition } from '../../kafka/record.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'

/** Where a source stood before a record of it was taken. */
interface Before {
  readonly offset: number
  readonly partitionTime: number
  calls: number
}

/**
 * Source records whose processing has not ended, since something made from them is awaited. A record counts as often
 * as calls are open for it; forwarding a result may open another before the first is closed.
 */
export class Unfinished {
  readonly #byPartition = new Map<string, Map<number, Before>>()
  /** Calls that no source record stands for: a timer asked. */
  #ofTimers = 0

  /** Calls that a repetition of source records would not make again. */
  get hasTimers(): boolean {
    return this.#ofTimers > 0
  }

  open(at: TopicPartition & { readonly offset: number }, partitionTime: number): void {
    if (at.offset < 0) {
      this.#ofTimers += 1
      return
    }
    const key = printTopicPartition(at)
    const offsets = this.#byPartition.get(key) ?? new Map<number, Before>()
    this.#byPartition.set(key, offsets)
    const known = offsets.get(at.offset)
    if (known === undefined) offsets.set(at.offset, { offset: at.offset, partitionTime, calls: 1 })
    else known.calls += 1
  }

  close(at: TopicPartition & { readonly offset: number }): void {
    if (at.offset < 0) {
      this.#ofTimers -= 1
      return
    }
    const offsets = this.#byPartition.get(printTopicPartition(at))
    const known = offsets?.get(at.offset)
    if (known === undefined) return
    known.calls -= 1
    if (known.calls === 0) offsets?.delete(at.offset)
  }

  countOf(source: TopicPartition): number {
    return this.#byPartition.get(printTopicPartition(source))?.size ?? 0
  }

  /** The first record that must be read again after a crash, and the time of the partition before it. */
  lowestOf(source: TopicPartition): { readonly offset: number; readonly partitionTime: number } | undefined {
    let lowest: Before | undefined
    for (const before of this.#byPartition.get(printTopicPartition(source))?.values() ?? [])
      if (lowest === undefined || before.offset < lowest.offset) lowest = before
    return lowest
  }
}
