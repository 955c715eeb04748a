import type { RecordBatch } from '../../kafka/record.ts'
import type { Topology } from '../graph/topology.ts'
import { RecordCache } from '../store/record-cache.ts'
import type { StateStore } from '../store/state-store.ts'
import { fromBytes } from '../serde/serde.ts'
import { handleFailure } from '../task/error-handling.ts'
import type { RunningSource } from '../task/partition-queue.ts'
import { runTopology, type RunningTopology } from '../task/running-topology.ts'
import type { TaskSurroundings } from '../task/task.ts'
import { TaskContext } from '../task/task-context.ts'

type Surroundings = Pick<TaskSurroundings, 'applicationId' | 'topicPrefix' | 'openEngine' | 'errors' | 'log'>

/**
 * The global tables and stores of a topology, and what fills them. Each record of
 * their topics goes through the source's serdes and the processor, at start as later:
 * Kafka's `GlobalStateUpdateTask`, which at start copies a table's bytes unread instead.
 *
 * Invariants
 *   G1  Tasks only read: between two batches the stores do not change.
 *   G2  A batch is in the stores, committed, when `take` returns.
 */
export class GlobalState {
  /** By wire name. */
  readonly topics: readonly string[]
  readonly #context: TaskContext
  readonly #running: RunningTopology
  readonly #sources = new Map<string, RunningSource>()

  constructor(topology: Topology, { applicationId, topicPrefix = '', openEngine, errors, log }: Surroundings) {
    this.#context = new TaskContext({
      taskId: '-1_-1',
      partition: -1,
      applicationId,
      collector: { send: refuseToSend },
      openEngine,
      cache: new RecordCache(0),
      emitIntervalMs: 0,
      errors: errors?.deserialization === undefined ? {} : { deserialization: errors.deserialization },
      log,
      globalStores: 'own',
    })
    const wireTopic = (topic: string) => topology.wireTopic(topic, { applicationId, topicPrefix })
    this.#running = runTopology(topology.parts, globalNodes(topology), wireTopic, this.#context)
    for (const [topic, source] of this.#running.sources) this.#sources.set(wireTopic(topic), source)
    this.topics = [...this.#sources.keys()]
  }

  get stores(): ReadonlyMap<string, StateStore> {
    return this.#context.stores
  }

  take(batch: RecordBatch): void {
    const source = this.#sources.get(batch.topic)
    if (source === undefined) throw new RangeError(`${batch.topic} is not a topic of a global store`)
    for (let at = 0; at < batch.length; at++) this.#takeOne(source, batch, at)
    this.#context.offset = -1
    for (const store of this.stores.values()) {
      store.flush()
      store.commit(undefined)
    }
  }

  close(): void {
    for (const node of this.#running.nodes) node.close()
    for (const store of this.stores.values()) store.close()
  }

  #takeOne(source: RunningSource, batch: RecordBatch, at: number): void {
    const context = this.#context
    context.topic = batch.topic
    context.partition = batch.partition
    context.offset = batch.offset(at)
    context.timestamp = batch.timestamp(at)
    context.headers = batch.headers(at)
    context.raw = { key: batch.key(at), value: batch.value(at) }
    const record = this.#decode(source)
    if (record === undefined) return
    for (const child of source.children) child.process(record.key, record.value)
  }

  #decode({ factory }: RunningSource): { readonly key: unknown; readonly value: unknown } | undefined {
    const context = this.#context
    try {
      return {
        key: fromBytes(factory.keySerde, context.raw.key),
        value: fromBytes(factory.valueSerde, context.raw.value),
      }
    } catch (error) {
      handleFailure(context, 'deserialization', factory.name, error)
      return undefined
    }
  }
}

/** Undefined where the topology has none. */
export function openGlobalState(topology: Topology, surroundings: Surroundings): GlobalState | undefined {
  return topology.parts.globalStores.size === 0 ? undefined : new GlobalState(topology, surroundings)
}

function globalNodes({ parts }: Topology): readonly string[] {
  return parts
    .groups()
    .filter((group) => group.some((name) => parts.isGlobalSource(name)))
    .flat()
}

function refuseToSend(): never {
  throw new Error('what fills a global store writes nothing else')
}
