import type { Clock } from '../../base/clock.ts'
import type { Membership, StreamGroup } from '../../kafka/group.ts'
import type { RecordSource } from '../../kafka/record-source.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import type { Waker } from '../await/waker.ts'
import type { AbandonedTransactions } from '../commit/end-abandoned.ts'
import type { Writer } from '../commit/writer.ts'
import type { ErrorHandling } from '../task/error-plan.ts'
import type { WorkerConfig } from '../config.ts'
import type { GlobalReader } from '../global/global-reader.ts'
import type { Topology, WireNames } from '../graph/topology.ts'
import type { Hosts } from '../assign/assignment-info.ts'
import type { ThreadMetrics } from '../metrics/thread-metrics.ts'
import type { HeldStores, StateFolder } from '../state/task-stores.ts'
import type { ActiveTask } from './active-task.ts'
import type { AssignedTask } from './assigned-task.ts'
import type { PendingOffsets } from './pending-offsets.ts'
import type { StandbyTask } from './standby-task.ts'

type LogFields = Readonly<Record<string, unknown>>

/** One line per decision: a constant message, and fields. */
export interface ThreadLog {
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

/** What a thread saw when it last looked which topics its patterns fit. */
interface SeenTopics {
  /** All that it reads, by wire name, in order. */
  readonly topics: readonly string[]
  readonly atMs: number
}

/** A task between two roles: its stores stay open. */
export interface KeptTask {
  readonly stores: HeldStores
  /** It was a standby, and can go on as it is; an active task is made anew. */
  readonly standby: StandbyTask | undefined
}

/** Everything one stream thread has: what it was given, and what it holds. The steps share it; only they change it. */
export interface ThreadWorld {
  /** Its number among the threads of its process, from 1. */
  readonly number: number
  readonly processId: string
  readonly config: WorkerConfig
  readonly topology: Topology
  readonly wire: WireNames
  readonly clock: Clock
  readonly log: ThreadLog
  readonly errors: ErrorHandling
  /** It is here to ask the group for the end of the whole application, and does nothing else. */
  readonly endsApplication: boolean
  readonly client: StreamClient
  readonly group: StreamGroup
  readonly source: RecordSource
  readonly restoreSource: RecordSource
  readonly standbySource: RecordSource
  /** Undefined where the topology has no global stores. */
  readonly global: GlobalReader | undefined
  readonly writer: Writer
  readonly folder: StateFolder
  readonly metrics: ThreadMetrics
  /** Is rung when something awaited has ended. */
  readonly waker: Waker

  /** By task name. */
  readonly tasks: Map<string, ActiveTask>
  readonly standbys: Map<string, StandbyTask>
  /** What this thread set down and will take up again, in another role. */
  readonly kept: Map<string, KeptTask>
  /** Assigned and not open: another thread of this process still holds the folder, or the cluster did not answer. */
  waiting: readonly AssignedTask[]
  /** Committed offsets that tasks wait for. */
  readonly pending: PendingOffsets
  readonly abandoned: AbandonedTransactions
  /** Standbys got records in the last turn: there may be more at once. */
  isFollowing: boolean
  /** Undefined where the topology names all the topics that it reads. */
  seen: SeenTopics | undefined
  /** How often this thread joined the group. */
  joins: number
  /** When the leader wants to be asked again whether a task can move. */
  nextRebalanceMs: number | undefined
  membership: Membership | undefined
  /** Who has what, as the leader said it last. */
  hosts: Hosts
  isWriterOpen: boolean
  /** Takes no records, fires no timers and follows no changelogs until told to go on (KIP-834). */
  isPaused: boolean
  lastCommitMs: number
  /** When was last asked how far standbys may follow tables' own topics. */
  lastLimitsMs: number
  /** Since when a commit waits for what is in flight; undefined: it does not. */
  settlingSinceMs: number | undefined
  lastPushMs: number
  lastProgressMs: number
}
