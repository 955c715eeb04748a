import type { Lateness } from './lateness.ts'
import type { TopicCount } from './topic-count.ts'

/** What a task counts while it works; whoever reads sees the counts of that moment. */
export interface TaskCounts {
  readonly droppedRecords: number
  readonly lateness: Lateness
  readonly consumed: readonly TopicCount[]
  readonly produced: readonly TopicCount[]
}
