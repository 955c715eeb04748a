import type { TopicPartition } from '../../record.ts'
import type { StreamFailure } from '../../stream-failure.ts'

interface OutOfRange {
  readonly kind: 'out-of-range'
  readonly reason: string
  readonly partitions: readonly TopicPartition[]
}

/**
 * What went wrong since the last poll. One that passes is told only when there
 * is nothing to read, and forgotten once something arrives; a position outside
 * the log is told once; what no repetition helps is told by every poll.
 */
export class Troubles {
  #fatal: StreamFailure | null = null
  #outOfRange: OutOfRange | null = null
  #passing: StreamFailure | null = null

  note(failure: StreamFailure): void {
    if (failure.kind === 'retry') this.#passing = failure
    else if (failure.kind === 'out-of-range') this.#outOfRange = joined(this.#outOfRange, failure)
    else this.#fatal ??= failure
  }

  get areFatal(): boolean {
    return this.#fatal !== null
  }

  /** Not to be sat out. */
  get areUrgent(): boolean {
    return this.#fatal !== null || this.#outOfRange !== null
  }

  /** Something arrived. */
  settle(): void {
    this.#passing = null
  }

  /** Other partitions are read from now on. */
  clear(): void {
    this.#fatal = null
    this.#outOfRange = null
    this.#passing = null
  }

  /** What a poll has to tell instead of records. */
  take(hasRecords: boolean): StreamFailure | null {
    if (this.#fatal !== null) return this.#fatal
    const told = this.#outOfRange ?? (hasRecords ? null : this.#passing)
    if (told === this.#outOfRange) this.#outOfRange = null
    if (told === this.#passing) this.#passing = null
    return told
  }
}

function joined(before: OutOfRange | null, { kind, reason, partitions }: OutOfRange): OutOfRange {
  return { kind, reason, partitions: [...(before?.partitions ?? []), ...partitions] }
}
