import type { Clock } from '../../base/clock.ts'
import type { Membership, StreamGroup } from '../../kafka/group.ts'
import type { RecordSource } from '../../kafka/record-source.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import type { PlannedTask } from '../assign/stream-tasks.ts'
import type { Writer } from '../commit/writer.ts'
import type { WorkerConfig } from '../config.ts'
import type { Topology, WireNames } from '../graph/topology.ts'
import type { StateFolder } from '../state/task-stores.ts'
import type { ActiveTask } from './active-task.ts'

type LogFields = Readonly<Record<string, unknown>>

/** One line per decision: a constant message, and fields. */
export interface ThreadLog {
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
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
  readonly client: StreamClient
  readonly group: StreamGroup
  readonly source: RecordSource
  readonly restoreSource: RecordSource
  readonly writer: Writer
  readonly folder: StateFolder

  /** By task name. */
  readonly tasks: Map<string, ActiveTask>
  /** Assigned, but another thread of this process still holds the folder. */
  waiting: readonly PlannedTask[]
  membership: Membership | undefined
  isWriterOpen: boolean
  lastCommitMs: number
  lastPushMs: number
  lastProgressMs: number
}
