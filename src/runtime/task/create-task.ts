import { wholeTopic } from '../graph/whole-topic.ts'
import type { RecordBatch, TopicPartition } from '../../kafka/record.ts'
import { printTaskId, type TaskId } from '../../topology/task-id.ts'
import type { SourceFactory } from '../graph/node-factory.ts'
import type { Topology } from '../graph/topology.ts'
import type { TaskAwaits } from '../await/task-awaits.ts'
import type { TaskCounts } from '../metrics/task-counts.ts'
import { RecordCache } from '../store/record-cache.ts'
import type { StateStore } from '../store/state-store.ts'
import { decodePartitionMetadata, encodePartitionMetadata } from './partition-metadata.ts'
import { handleUnreadable } from './error-handling.ts'
import { PartitionQueue, type QueueSurroundings } from './partition-queue.ts'
import { runTopology, type RunningTopology } from './running-topology.ts'
import { TaskContext } from './task-context.ts'
import type { CommittableOffset, StreamTask, TaskChangelog, TaskSurroundings } from './task.ts'
import { mayGoOn } from './task-idling.ts'
import { TimeHeap } from './time-heap.ts'

/**
 * A stream task: one sub-topology at work on `partitions` (wire names), which are
 * those of its source topics that have a partition of the task's number.
 */
export function createTask(
  topology: Topology,
  taskId: TaskId,
  partitions: readonly TopicPartition[],
  surroundings: TaskSurroundings,
): StreamTask {
  const names = topology.parts.groups()[taskId.subtopology]
  if (names === undefined) throw new RangeError(`this topology has no sub-topology ${taskId.subtopology}`)
  return assemble(topology, names, taskId, { partitions, surroundings }).task
}

export interface WholeTask {
  readonly task: StreamTask
  readonly context: TaskContext
}

/**
 * All sub-topologies as one task 0_0 on partition 0 of every topic, as Kafka's
 * TopologyTestDriver runs them: one stream time, one order of records. `matched` are the
 * topics that there are for sources with a pattern.
 */
export function createWholeTask(
  topology: Topology,
  surroundings: TaskSurroundings,
  { nowMs, matched }: { readonly nowMs: number; readonly matched: readonly string[] },
): WholeTask {
  const names = topology.parts
    .groups()
    .filter((group) => !group.some((name) => topology.parts.isGlobalSource(name)))
    .flat()
  const inOrder = [...topology.parts.nodes.keys()].filter((name) => names.includes(name))
  return assemble(
    topology,
    inOrder,
    { subtopology: 0, partition: 0 },
    { partitions: 'all', surroundings, matched, nowMs },
  )
}

function assemble(
  topology: Topology,
  names: readonly string[],
  taskId: TaskId,
  {
    partitions,
    surroundings,
    matched = [],
    nowMs = -1,
  }: {
    partitions: readonly TopicPartition[] | 'all'
    surroundings: TaskSurroundings
    matched?: readonly string[]
    nowMs?: number
  },
): WholeTask {
  const context = new TaskContext({
    taskId: printTaskId(taskId),
    partition: taskId.partition,
    applicationId: surroundings.applicationId,
    collector: surroundings.collector,
    openEngine: surroundings.openEngine,
    cache: new RecordCache(surroundings.cacheBytes),
    emitIntervalMs: surroundings.emitIntervalMs ?? 1000,
    errors: surroundings.errors ?? {},
    idling: surroundings.idling,
    maxRequestBytes: surroundings.maxRequestBytes,
    isWatched: surroundings.isWatched,
    awaiting: surroundings.awaiting,
    log: surroundings.log,
    globalStores: surroundings.globalStores ?? new Map(),
  })
  context.wallClock = nowMs
  const { applicationId, topicPrefix } = surroundings
  const wireTopic = (topic: string) => topology.wireTopic(topic, { applicationId, topicPrefix: topicPrefix ?? '' })
  const running = runTopology(topology.parts, names, wireTopic, context)
  const now = surroundings.now ?? (() => context.wallClock)
  const around: QueueSurroundings = {
    now,
    drop: (reason) => context.drop(reason),
    unreadable: (record, source, error) => handleUnreadable(context, record, source, error),
  }
  const read =
    partitions === 'all' ? onPartitionZero([...running.sources.keys(), ...matched].map(wireTopic)) : partitions
  const queues = openQueues(running, read, { wireTopic, prefix: topicPrefix ?? '', around })
  const reused = new Map([...topology.parts.changelogOf].map(([store, topic]) => [store, wireTopic(topic)]))
  return { task: new SynchronousTask(taskId, context, { running, queues, reused }), context }
}

const onPartitionZero = (topics: readonly string[]) => topics.map((topic) => ({ topic, partition: 0 }))

/** A queue for each partition that a source of the task reads: by its topic's name, or else by a pattern. */
function openQueues(
  { sources, patterns }: RunningTopology,
  partitions: readonly TopicPartition[],
  how: {
    readonly wireTopic: (topic: string) => string
    readonly prefix: string
    readonly around: QueueSurroundings
  },
): ReadonlyMap<string, PartitionQueue> {
  const { wireTopic, prefix, around } = how
  const queues = new Map<string, PartitionQueue>()
  for (const [topic, source] of sources) {
    const partition = partitions.find((id) => id.topic === wireTopic(topic))
    if (partition !== undefined) queues.set(keyOf(partition), new PartitionQueue(partition, source, around))
  }
  if (patterns.length === 0) return queues
  for (const partition of partitions.filter((id) => !queues.has(keyOf(id)))) {
    const topic = withoutPrefix(partition.topic, prefix)
    const source = patterns.find(({ factory }) => fits(factory, topic))
    if (source !== undefined) queues.set(keyOf(partition), new PartitionQueue(partition, source, around))
  }
  return queues
}

/** A pattern is for whole names, as in Java. */
function fits({ topics }: SourceFactory, topic: string): boolean {
  return topics instanceof RegExp && wholeTopic(topics).test(topic)
}

const withoutPrefix = (topic: string, prefix: string) => (topic.startsWith(prefix) ? topic.slice(prefix.length) : topic)

class SynchronousTask implements StreamTask {
  readonly id: TaskId
  readonly sources: readonly TopicPartition[]
  readonly #context: TaskContext
  readonly #running: RunningTopology
  readonly #queues: ReadonlyMap<string, PartitionQueue>
  readonly #reused: ReadonlyMap<string, string>
  readonly #waiting = new TimeHeap<PartitionQueue>()
  /** It waits for a partition that has nothing, as of the last look. */
  #isIdle = false

  constructor(
    id: TaskId,
    context: TaskContext,
    {
      running,
      queues,
      reused,
    }: {
      readonly running: RunningTopology
      readonly queues: ReadonlyMap<string, PartitionQueue>
      /** Wire names of tables' topics that serve as changelogs, by store. */
      readonly reused: ReadonlyMap<string, string>
    },
  ) {
    this.id = id
    this.#context = context
    this.#running = running
    this.#queues = queues
    this.#reused = reused
    this.sources = [...queues.values()].map((queue) => queue.id)
  }

  get changelogs(): readonly TaskChangelog[] {
    const { partition } = this.id
    return [...this.#context.stores.values()].flatMap((store) => {
      const source = this.#reused.get(store.name)
      const topic = source ?? store.changelog
      if (topic === undefined || (source !== undefined && !this.#queues.has(keyOf({ topic, partition })))) return []
      return [{ topic, partition, store: store.name, isSource: source !== undefined, offset: store.offset }]
    })
  }

  get stores(): ReadonlyMap<string, StateStore> {
    return this.#context.stores
  }

  get counts(): TaskCounts {
    const { droppedRecords, lateness, produced, latencies, facts } = this.#context
    const { bytes: cacheBytes } = facts.cache
    return {
      droppedRecords,
      lateness,
      produced,
      latencies,
      cacheBytes,
      consumed: [...this.#queues.values()].map(({ count }) => count),
    }
  }

  get ageMs(): number {
    return this.#context.wallClock - this.#context.timestamp
  }

  get awaits(): TaskAwaits | undefined {
    return this.#context.awaits
  }

  get mustSettle(): boolean {
    const { awaits, stores } = this.#context
    return awaits !== undefined && (stores.size > 0 || awaits.unfinished.hasTimers)
  }

  get hasWork(): boolean {
    const { awaits } = this.#context
    const isWaiting = this.#waiting.size > 0 && !this.#isIdle
    if (awaits === undefined) return isWaiting
    return awaits.hasResult || (isWaiting && !awaits.isHeld && !awaits.isFull)
  }

  enqueue(batch: RecordBatch): void {
    const queue = this.#queue(batch)
    const wasEmpty = queue.size === 0
    queue.add(batch)
    if (!wasEmpty || queue.size === 0) return
    this.#waiting.push(queue)
    queue.idleUntilMs = undefined
    this.#isIdle = false
  }

  buffered(source: TopicPartition): number {
    const { awaits } = this.#context
    return this.#queue(source).size + (awaits?.unfinished.countOf(source) ?? 0)
  }

  process(max: number, nowMs: number): number {
    this.#context.wallClock = nowMs
    const { awaits } = this.#context
    if (awaits !== undefined) return this.#processAwaiting(awaits, max)
    let done = 0
    while (done < max && this.#mayGoOn() && this.#processOne()) done++
    return done
  }

  /** Asked before each record: the one before may have been the last of its partition. */
  #mayGoOn(): boolean {
    const { idling } = this.#context.facts
    if (idling === undefined) return true
    const waiting = this.#waiting.size
    if (waiting === 0 || waiting === this.#queues.size) return true
    this.#isIdle = !mayGoOn(this.#queues.values(), this.#context.wallClock, idling)
    return !this.#isIdle
  }

  #processAwaiting(awaits: TaskAwaits, max: number): number {
    this.#handOver(awaits)
    let done = 0
    while (done < max && !awaits.isHeld && !awaits.isFull && this.#mayGoOn() && this.#processOne()) done++
    return done
  }

  punctuate(nowMs: number): number {
    const context = this.#context
    context.wallClock = nowMs
    if (context.awaits?.isHeld === true) return 0
    const byStream = context.streamTime < 0 ? 0 : context.streamTimers.fire(context.streamTime)
    return byStream + context.wallTimers.fire(nowMs)
  }

  flush(): void {
    for (const store of this.#context.stores.values()) store.flush()
  }

  committable(): readonly CommittableOffset[] {
    const { awaits } = this.#context
    const offsets: CommittableOffset[] = []
    for (const queue of this.#queues.values()) {
      const first = awaits?.unfinished.lowestOf(queue.id)
      const offset = first?.offset ?? queue.nextOffset
      // What was awaited ends between two commits: then there is more to commit, though nothing was taken.
      if ((!queue.needsCommit && awaits === undefined) || offset === undefined) continue
      const { partitionTime } = first ?? queue
      const metadata = encodePartitionMetadata({ partitionTime, nodes: this.#context.metadata })
      offsets.push({ ...queue.id, offset, metadata })
    }
    return offsets
  }

  commit(changelogOffsets: ReadonlyMap<string, number>): void {
    for (const store of this.#context.stores.values()) {
      const changelog = this.#reused.get(store.name) ?? store.changelog
      store.commit(changelog === undefined ? undefined : changelogOffsets.get(changelog))
    }
    for (const queue of this.#queues.values()) queue.needsCommit = false
  }

  resumeAt(source: TopicPartition, offset: number, metadata: string): void {
    const queue = this.#queue(source)
    queue.position = offset
    const { partitionTime, nodes } = decodePartitionMetadata(metadata)
    queue.partitionTime = partitionTime
    for (const [name, value] of nodes) {
      this.#context.metadata.set(name, Math.max(value, this.#context.metadata.get(name) ?? value))
    }
    this.#context.streamTime = Math.max(this.#context.streamTime, queue.partitionTime)
  }

  restore(changelog: TaskChangelog, batch: RecordBatch): void {
    const store: StateStore | undefined = this.#context.stores.get(changelog.store)
    if (store === undefined) throw new RangeError(`task ${printTaskId(this.id)} has no store ${changelog.store}`)
    store.restore(batch)
  }

  close(): void {
    for (const node of this.#running.nodes) node.close()
    for (const store of this.#context.stores.values()) store.close()
  }

  #processOne(): boolean {
    const queue = this.#waiting.pop()
    if (queue === undefined) return false
    const context = this.#context
    if (context.awaits !== undefined) context.awaits.timeBefore = queue.partitionTime
    const record = queue.take(context)
    if (queue.size > 0) this.#waiting.push(queue)
    if (record === undefined) return true
    if (context.timestamp > context.streamTime) context.streamTime = context.timestamp
    context.lateness.add(context.streamTime - context.timestamp)
    queue.source.latency?.add(context.wallClock - context.timestamp)
    const { topic, partition, offset } = context
    try {
      for (const child of queue.source.children) child.process(record.key, record.value)
    } catch (cause) {
      throw this.#failed({ topic, partition, offset }, cause)
    }
    return true
  }

  #handOver(awaits: TaskAwaits): void {
    try {
      awaits.handOver()
    } catch (cause) {
      throw this.#failed(this.#context, cause)
    }
  }

  #failed(at: TopicPartition & { readonly offset: number }, cause: unknown): Error {
    const where = `${at.topic}-${at.partition} offset ${at.offset} in task ${printTaskId(this.id)}`
    return new Error(`processing ${where}`, { cause })
  }

  #queue(source: TopicPartition): PartitionQueue {
    const queue = this.#queues.get(keyOf(source))
    if (queue === undefined) {
      throw new RangeError(`task ${printTaskId(this.id)} does not read ${source.topic}-${source.partition}`)
    }
    return queue
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`
