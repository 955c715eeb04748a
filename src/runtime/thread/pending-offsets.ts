import { backoffMs } from '../../base/backoff.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'

const pause = { firstMs: 100, ceilingMs: 1_000 }
const tellEveryMs = 10_000

interface Surroundings {
  readonly nowMs: number
  /** How long an offset may be held before that is an error (`task.timeout.ms`). */
  readonly taskTimeoutMs: number
  readonly log: Readonly<Record<'info' | 'warn', (fields: Readonly<Record<string, unknown>>, message: string) => void>>
}

/**
 * Partitions whose committed offset stands in a transaction that has not ended (KIP-447): since when, and when to ask for
 * them again. By `printTopicPartition`.
 */
export class PendingOffsets {
  readonly #sinceMs = new Map<string, number>()
  #asked = 0
  #nextAskMs = 0
  #nextTellMs = 0

  get size(): number {
    return this.#sinceMs.size
  }

  has(partition: string): boolean {
    return this.#sinceMs.has(partition)
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#nextAskMs
  }

  /** How long the first of them has waited; 0 where none does. */
  longestMs(nowMs: number): number {
    return this.size === 0 ? 0 : nowMs - Math.min(...this.#sinceMs.values())
  }

  /** Forgets those that no task of this thread waits for any more. */
  keep(wanted: ReadonlySet<string>): void {
    for (const partition of this.#sinceMs.keys()) if (!wanted.has(partition)) this.#sinceMs.delete(partition)
  }

  /** Takes the answer to a question for `asked`, and says where patience ends. */
  take(asked: readonly string[], pending: ReadonlySet<string>, around: Surroundings): StreamFailure | undefined {
    const { nowMs, log, taskTimeoutMs } = around
    const fresh = asked.filter((partition) => pending.has(partition) && !this.has(partition))
    for (const partition of fresh) this.#sinceMs.set(partition, nowMs)
    for (const partition of asked.filter((each) => this.has(each) && !pending.has(each)))
      this.#settle(partition, around)
    this.#asked = this.size === 0 ? 0 : this.#asked + 1
    this.#nextAskMs = this.size === 0 ? 0 : nowMs + backoffMs(pause, Math.min(this.#asked, 10), 0.5)
    if (this.size > 0 && (fresh.length > 0 || nowMs >= this.#nextTellMs)) {
      this.#nextTellMs = nowMs + tellEveryMs
      const since = Object.fromEntries(
        [...this.#sinceMs].map(([key, sinceMs]) => [key, new Date(sinceMs).toISOString()]),
      )
      log.warn(
        { since, timeoutMs: taskTimeoutMs },
        'a transaction holds committed offsets: their tasks wait for its end',
      )
    }
    return this.longestMs(nowMs) > taskTimeoutMs ? this.#overdue(taskTimeoutMs) : undefined
  }

  #settle(partition: string, { nowMs, log }: Surroundings): void {
    const waitedMs = nowMs - (this.#sinceMs.get(partition) ?? nowMs)
    this.#sinceMs.delete(partition)
    log.info({ partition, waitedMs }, 'the transaction that held a committed offset has ended')
  }

  #overdue(taskTimeoutMs: number): StreamFailure {
    const partitions = [...this.#sinceMs.keys()].toSorted().join(', ')
    return {
      kind: 'fatal',
      reason: `a transaction has held the committed offset of ${partitions} for more than ${taskTimeoutMs} ms (task.timeout.ms)`,
      whatToDo:
        'start the dyno that began it, under the same name, which ends it; where that does not help, see "An offset that stays pending" in docs/how-to/errors.md',
    }
  }
}
