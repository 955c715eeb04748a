import { backoffMs } from '../../base/backoff.ts'
import type { Clock } from '../../base/clock.ts'
import { unreachable } from '../../base/unreachable.ts'
import type { StreamGroup } from '../../kafka/group.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { noHosts } from '../assign/assignment-info.ts'
import { processIdOf } from '../assign/subscription-info.ts'
import { Waker } from '../await/waker.ts'
import { commitTasks } from '../commit/commit-tasks.ts'
import { isCommitDue } from '../commit/commit-due.ts'
import { settleWithin, settleWithinMs } from '../commit/settle-tasks.ts'
import { AbandonedTransactions } from '../commit/end-abandoned.ts'
import type { WorkerConfig } from '../config.ts'
import { hasPatterns } from '../graph/pattern-sources.ts'
import type { Topology } from '../graph/topology.ts'
import { type GlobalReaderOptions, openGlobalReader } from '../global/global-reader.ts'
import { ThreadMetrics } from '../metrics/thread-metrics.ts'
import type { ThreadReport } from '../metrics/thread-report.ts'
import { ThreadReporter } from '../metrics/thread-reporter.ts'
import { pollRecords } from '../poll/poll-records.ts'
import { RepartitionPurge } from '../purge/purge-repartitions.ts'
import { answerQuestion } from '../query/answer-question.ts'
import type { Question, TaskAnswer } from '../query/question.ts'
import { followStandbys } from '../restore/follow-standbys.ts'
import { restoreTasks } from '../restore/restore-tasks.ts'
import type { StateFolder } from '../state/task-stores.ts'
import type { ErrorHandling } from '../task/error-plan.ts'
import type { Steps } from '../worker.ts'
import { closeAll } from './change-roles.ts'
import { withErrorVars } from './load-errors.ts'
import { makeWriter } from './make-writer.ts'
import { groupOf } from './open-client.ts'
import { openWaiting } from './open-tasks.ts'
import { PendingOffsets } from './pending-offsets.ts'
import { endWhatBegan, processTasks } from './process-tasks.ts'
import { dropEverything, rejoin } from './rejoin.ts'
import { resetPositions } from './reset-positions.ts'
import type { ThreadLog, ThreadWorld } from './thread-world.ts'
import { watchTopics } from './watch-topics.ts'

export interface ThreadOptions {
  /** Its number among the threads of its process, from 1. */
  readonly number: number
  /** A text that no other start of a process has; the same for its threads. */
  readonly start: string
  readonly config: WorkerConfig
  readonly topology: Topology
  readonly client: StreamClient
  /** Of that client, where one is there already. */
  readonly group?: StreamGroup
  readonly folder: StateFolder
  readonly clock: Clock
  readonly log: ThreadLog
  /** Handlers of the topology's file. */
  readonly errors?: ErrorHandling
  /** Joins the group only to ask it for the end of the whole application. */
  readonly endsApplication?: boolean
}

/** Bytes asked for per partition while restoring: the larger a batch, the fewer pages of the store are written twice. */
const restoreFetchBytes = 4 * 1024 * 1024
/** How long stopping tries to commit before it leaves the rest to be read again. */
const stopPatienceMs = 15_000
const pause = { firstMs: 100, ceilingMs: 2_000 }

/** One stream thread: its own consumer, producer and stores, and the steps of its turns. */
export class StreamThread implements Steps {
  readonly #world: ThreadWorld
  readonly #purge: RepartitionPurge
  readonly #reporter: ThreadReporter
  /** Failures of the kind `retry` in a row, and when the row began. */
  #failures = 0
  #failingSinceMs = 0

  constructor(options: ThreadOptions) {
    this.#world = openWorld(options)
    this.#purge = new RepartitionPurge(options.clock.now())
    this.#reporter = new ThreadReporter(this.#world, () => performance.now())
  }

  /** What it has to say of itself; to be called between two steps. */
  report(): ThreadReport {
    return this.#reporter.report()
  }

  answer(question: Question): Promise<readonly TaskAnswer[]> {
    return answerQuestion(this.#world, question)
  }

  get isPaused(): boolean {
    return this.#world.isPaused
  }

  /**
   * `KafkaStreams#pause` (KIP-834): from the next step on no record is taken, no timer fires, and no changelog is restored
   * or followed. Calls under way come to their end. Polls, heartbeats, commits, rebalances, global tables and queries go on,
   * so the thread keeps its tasks, and its state stays what it was.
   */
  pause(): void {
    if (this.isPaused) return
    this.#world.isPaused = true
    this.#world.log.info({ tasks: this.#world.tasks.size, standbys: this.#world.standbys.size }, 'paused')
  }

  resume(): void {
    if (!this.isPaused) return
    this.#world.isPaused = false
    this.#world.log.info({}, 'resumed')
  }

  async poll(signal: AbortSignal): Promise<StreamFailure | undefined> {
    const world = this.#world
    const unread = await world.global?.follow(signal)
    if (unread !== undefined) return unread
    if (world.membership === undefined) return { kind: 'rebalance', reason: 'not a member of the group yet' }
    if (world.group.trouble !== undefined) return world.group.trouble
    if (isProbeDue(world))
      return { kind: 'rebalance', reason: 'asking again whether a task can move to where it shall be' }
    const trouble = (await watchTopics(world)) ?? (await openWaiting(world)) ?? (await pollRecords(world, signal))
    if (trouble === undefined) this.#failures = 0
    return trouble
  }

  async restore(signal: AbortSignal): Promise<StreamFailure | undefined> {
    if (this.isPaused) return undefined
    return (await restoreTasks(this.#world, signal)) ?? (await followStandbys(this.#world, signal))
  }

  process(): Promise<StreamFailure | undefined> {
    if (this.isPaused) endWhatBegan(this.#world)
    return processTasks(this.#world)
  }

  punctuate(nowMs: number): void {
    const { tasks, metrics, clock, isPaused } = this.#world
    if (isPaused) return
    let fired = 0
    for (const { task, isReady } of tasks.values()) {
      const startedMs = clock.now()
      const count = isReady ? task.punctuate(nowMs) : 0
      if (count > 0) metrics.of(task, startedMs).punctuate.record(clock.now() - startedMs, count)
      fired += count
    }
    if (fired > 0) metrics.punctuate.record(clock.now() - nowMs, fired)
  }

  async commitIfDue(nowMs: number): Promise<StreamFailure | undefined> {
    const { config, metrics, clock } = this.#world
    if (!isCommitDue(this.#world, nowMs)) return undefined
    const trouble = await commitTasks(this.#world, config.taskTimeoutMs)
    if (trouble !== undefined) return trouble
    metrics.commit.record(clock.now() - nowMs)
    this.#purge.startIfDue(this.#world)
    return undefined
  }

  async recover(failure: StreamFailure, signal: AbortSignal): Promise<void> {
    const { log } = this.#world
    switch (failure.kind) {
      case 'retry':
        return this.#waitAfter(failure.reason, signal)
      case 'rebalance':
        log.info({ reason: failure.reason }, 'joining the group')
        return this.#recoverFrom(await rejoin(this.#world, signal), signal)
      case 'fenced':
        log.warn({ reason: failure.reason }, 'lost the place in the group: starting over without a commit')
        return dropEverything(this.#world)
      case 'out-of-range':
        return this.#recoverFrom(await resetPositions(this.#world, failure.partitions, failure.reason), signal)
      case 'fatal':
        throw new Error(`${failure.reason}: ${failure.whatToDo}`)
      default:
        return unreachable(failure)
    }
  }

  async stop(): Promise<void> {
    const world = this.#world
    await settleWithin(world, settleWithinMs)
    const trouble = await commitTasks(world, stopPatienceMs)
    if (trouble !== undefined)
      world.log.warn({ reason: trouble.reason }, 'stopped without the last commit: those records are read again')
    await this.#close()
    world.log.info({ committed: trouble === undefined }, 'stopped')
  }

  /** At least once, what was sent is seen all the same, dead letters among it; exactly once, nothing of it ever is. */
  async abandon(): Promise<void> {
    const { config, writer, log } = this.#world
    if (!config.exactlyOnce && writer.pendingBytes > 0) {
      const pushed = await writer.push()
      if (!pushed.ok) log.warn({ reason: pushed.error.reason }, 'what was sent last may be lost')
    }
    return this.#close()
  }

  async #recoverFrom(failure: StreamFailure | undefined, signal: AbortSignal): Promise<void> {
    if (failure !== undefined && !signal.aborted) await this.recover(failure, signal)
  }

  async #waitAfter(reason: string, signal: AbortSignal): Promise<void> {
    const { clock, log, config } = this.#world
    if (this.#failures === 0) this.#failingSinceMs = clock.now()
    this.#failures += 1
    const failingMs = clock.now() - this.#failingSinceMs
    if (failingMs > config.taskTimeoutMs)
      throw new Error(
        `nothing went through for ${failingMs} ms (task.timeout.ms is ${config.taskTimeoutMs}): ${reason}`,
      )
    log.warn({ reason, attempt: this.#failures }, 'waiting to try again')
    await clock.sleep(backoffMs(pause, Math.min(this.#failures, 10), 0.5), signal)
  }

  async #close(): Promise<void> {
    const { writer, group, source, restoreSource, standbySource, global, client, abandoned } = this.#world
    await closeAll(this.#world)
    await writer.close()
    await group.leave()
    await source.close()
    await restoreSource.close()
    await standbySource.close()
    await global?.close()
    await client.close()
    await this.#purge.settled()
    await abandoned.settled()
  }
}

function isProbeDue({ nextRebalanceMs, clock }: ThreadWorld): boolean {
  return nextRebalanceMs !== undefined && clock.now() >= nextRebalanceMs
}

function openWorld(options: ThreadOptions): ThreadWorld {
  const { number, start, config, topology, client, folder, clock, log, endsApplication = false } = options
  const errors = withErrorVars(options.errors ?? {}, config.errors)
  const { applicationId } = config
  const processId = processIdOf(applicationId, config.processName, start)
  const group = options.group ?? groupOf(client, config)
  const writer = makeWriter(options, group)
  const read = { readCommitted: config.exactlyOnce }
  const wire = { applicationId, topicPrefix: config.kafka.prefix }
  const { pollMs } = config
  const tell: GlobalReaderOptions['log'] = (level, message, fields) => log[level](fields, message)
  const around = { topology, wire, client, folder, number, pollMs, errors, log: tell }
  return {
    number,
    processId,
    config,
    topology,
    wire,
    clock,
    log,
    errors,
    endsApplication,
    client,
    group,
    source: client.openSource({ ...read, maxBytesPerPartition: config.maxPartitionFetchBytes }),
    restoreSource: client.openSource({ ...read, maxBytesPerPartition: restoreFetchBytes }),
    standbySource: client.openSource({ ...read, maxBytesPerPartition: config.maxPartitionFetchBytes }),
    global: openGlobalReader({ ...around, ...read, maxBytesPerPartition: config.maxPartitionFetchBytes }),
    writer,
    folder,
    tasks: new Map(),
    standbys: new Map(),
    kept: new Map(),
    waiting: [],
    pending: new PendingOffsets(),
    abandoned: new AbandonedTransactions(),
    isFollowing: false,
    seen: hasPatterns(topology) ? { topics: [], atMs: clock.now() } : undefined,
    joins: 0,
    nextRebalanceMs: undefined,
    membership: undefined,
    hosts: noHosts,
    isWriterOpen: false,
    isPaused: false,
    metrics: new ThreadMetrics(clock.now()),
    waker: new Waker(),
    lastCommitMs: clock.now(),
    lastLimitsMs: 0,
    settlingSinceMs: undefined,
    lastPushMs: 0,
    lastProgressMs: clock.now(),
  }
}
