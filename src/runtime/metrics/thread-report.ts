import type { MetricValue } from './metric.ts'

/** Kafka Streams' states of a thread, in the order of their numbers. */
export const threadStates = [
  'CREATED',
  'STARTING',
  'PARTITIONS_REVOKED',
  'PARTITIONS_ASSIGNED',
  'RUNNING',
  'PENDING_SHUTDOWN',
  'DEAD',
] as const
export type ThreadState = (typeof threadStates)[number]

/** What a stream thread tells the main thread now and then; it crosses threads as a message. */
export interface ThreadReport {
  readonly thread: number
  readonly processId: string
  readonly state: ThreadState
  readonly metrics: readonly MetricValue[]
  readonly tasks: readonly TaskReport[]
  readonly assignment: AssignmentReport | undefined
}

export interface TaskReport {
  readonly task: string
  readonly role: 'active' | 'standby'
  /** A task that restores answers nothing yet. */
  readonly isReady: boolean
  /** Records that its stores lack, as of when the task was opened. */
  readonly remaining: number
  readonly stores: readonly string[]
}

/** Who holds which tasks, as the leader of the group told it. */
export interface AssignmentReport {
  readonly generation: number
  /** Dyno names by task. */
  readonly active: ReadonlyMap<string, string>
  readonly standby: ReadonlyMap<string, readonly string[]>
}
