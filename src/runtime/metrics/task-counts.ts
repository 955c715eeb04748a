import type { Lateness } from './lateness.ts'
import type { Spread } from './spread.ts'
import type { TopicCount } from './topic-count.ts'

/** What a task counts while it works; whoever reads sees the counts of that moment. */
export interface TaskCounts {
  readonly droppedRecords: number
  readonly lateness: Lateness
  /** How old records are, in milliseconds, by node. */
  readonly latencies: ReadonlyMap<string, Spread>
  /** What its record cache holds. */
  readonly cacheBytes: number
  readonly consumed: readonly TopicCount[]
  readonly produced: readonly TopicCount[]
}
