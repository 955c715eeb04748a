import type { StreamTask } from '../task/task.ts'
import { Meter } from './meter.ts'

/** What a stream thread counts while it works: milliseconds of each step, and how many records or tasks they were about. */
export class ThreadMetrics {
  readonly startedMs: number
  readonly poll: Meter
  readonly pollRecords: Meter
  readonly process: Meter
  readonly processRecords: Meter
  readonly punctuate: Meter
  readonly commit: Meter
  /** Calls that brought active tasks nearer to the end of their changelogs, and milliseconds of them. */
  readonly restore: Meter
  /** The same for standbys. */
  readonly update: Meter
  /** Records of either. */
  readonly restoredRecords: Meter
  /** Milliseconds spent waiting for Kafka: polls, writes, commits, offsets asked for, and joining (KIP-761). */
  blockedMs = 0
  readonly created: Meter
  readonly closed: Meter
  readonly #tasks = new WeakMap<StreamTask, TaskMeters>()

  constructor(nowMs: number) {
    const meter = () => new Meter(nowMs)
    this.startedMs = nowMs
    this.poll = meter()
    this.pollRecords = meter()
    this.process = meter()
    this.processRecords = meter()
    this.punctuate = meter()
    this.commit = meter()
    this.restore = meter()
    this.update = meter()
    this.restoredRecords = meter()
    this.created = meter()
    this.closed = meter()
  }

  of(task: StreamTask, nowMs: number): TaskMeters {
    const known = this.#tasks.get(task)
    if (known !== undefined) return known
    const made = new TaskMeters(nowMs)
    this.#tasks.set(task, made)
    return made
  }
}

/** What is counted for one task; the hot path itself counts in the task's context. */
class TaskMeters {
  /** Milliseconds of processing, and records. */
  readonly process: Meter
  readonly dropped: Meter
  /** Milliseconds of its timers, and how many fired. */
  readonly punctuate: Meter
  /** Records that went from its changelogs into its stores. */
  readonly restored: Meter

  constructor(nowMs: number) {
    this.process = new Meter(nowMs)
    this.dropped = new Meter(nowMs)
    this.punctuate = new Meter(nowMs)
    this.restored = new Meter(nowMs)
  }
}
