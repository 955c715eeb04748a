import { placeRecord } from '../kafka/place-record.ts'
import type { OutgoingRecord, RecordBatch, RecordHeader } from '../kafka/record.ts'
import { type GlobalState, openGlobalState } from '../runtime/global/global-state.ts'
import type { Topology } from '../runtime/graph/topology.ts'
import { fromBytes, type Serde, toBytes } from '../runtime/serde/serde.ts'
import { Waker } from '../runtime/await/waker.ts'
import { MemoryEngine } from '../runtime/store/memory-engine.ts'
import { timestampedStore } from '../runtime/node/store-of.ts'
import type { TimestampedStore } from '../runtime/store/timestamped-store.ts'
import type { ErrorHandling } from '../runtime/task/error-plan.ts'
import type { TaskContext } from '../runtime/task/task-context.ts'
import { createWholeTask } from '../runtime/task/create-task.ts'
import { noHeaders } from '../runtime/task/no-headers.ts'
import type { StreamTask } from '../runtime/task/task.ts'
import { TurnedClock } from './turned-clock.ts'

export interface TestDriverOptions {
  /** Left out: `test`. Changelog and repartition topics begin with it. */
  readonly applicationId?: string
  /** Where the wall clock stands at first, in ms since the epoch. Left out: 0. */
  readonly nowMs?: number
  /** What happens with records that fail; left out, `send` throws. */
  readonly errors?: ErrorHandling
  /** Topics that sources with a pattern find. */
  readonly topics?: readonly string[]
  /** Bytes of record cache; the driver commits after every record, so it changes little. Left out: 10 MiB. */
  readonly cacheBytes?: number
}

export interface TopicSerdes<K, V> {
  readonly keySerde: Serde<K>
  readonly valueSerde: Serde<V>
}

/** One record as it was written, wherever it went. */
export interface ProducedRecord<K = Uint8Array, V = Uint8Array> {
  readonly topic: string
  readonly key: K | null
  readonly value: V | null
  readonly timestamp: number
  readonly headers: readonly RecordHeader[]
}

export interface InputTopic<K, V> {
  /** The timestamp left out is where the wall clock stands. */
  send(
    key: K | null,
    value: V | null,
    at?: { readonly timestamp?: number; readonly headers?: readonly RecordHeader[] },
  ): void
}

export interface OutputTopic<K, V> {
  /** The records written since the last reading. */
  read(): ProducedRecord<K, V>[]
}

/**
 * Runs a topology in this process, without a broker and with a clock you turn.
 * Every record is worked through at once, with a commit behind each, and what lands
 * on a repartition topic or a source topic is read again.
 *
 * Same inputs, same bytes on the same topics as Kafka's `TopologyTestDriver`.
 */
export class TestDriver implements Disposable {
  readonly #topology: Topology
  readonly #task: StreamTask
  readonly #global: GlobalState | undefined
  readonly #context: TaskContext
  readonly #written: OutgoingRecord[] = []
  readonly #all: OutgoingRecord[] = []
  readonly #unread = new Map<string, OutgoingRecord[]>()
  readonly #nextOffset = new Map<string, number>()
  readonly #wire: { readonly applicationId: string; readonly topicPrefix: string }
  readonly #clock: TurnedClock
  readonly #waker = new Waker()

  constructor(topology: Topology, options: TestDriverOptions = {}) {
    this.#topology = topology
    this.#wire = { applicationId: options.applicationId ?? 'test', topicPrefix: '' }
    this.#clock = new TurnedClock(options.nowMs ?? 0)
    const around = {
      applicationId: this.#wire.applicationId,
      openEngine: () => new MemoryEngine(),
      errors: options.errors ?? {},
      log: () => {},
    }
    this.#global = openGlobalState(topology, around)
    const { task, context } = createWholeTask(
      topology,
      {
        ...around,
        // As in Kafka's driver, every topic has one partition.
        collector: { send: (record) => this.#written.push(...placeRecord(record, 1)) },
        cacheBytes: options.cacheBytes ?? 10 * 1024 * 1024,
        emitIntervalMs: 0,
        globalStores: this.#global?.stores ?? new Map(),
        awaiting: {
          clock: this.#clock,
          pause: () => Promise.resolve(),
          random: () => 0.5,
          wake: () => this.#waker.wake(),
          mostMs: undefined,
        },
      },
      { nowMs: this.#clock.now(), matched: options.topics ?? [] },
    )
    this.#task = task
    this.#context = context
  }

  input<K, V>(topic: string, { keySerde, valueSerde }: TopicSerdes<K, V>): InputTopic<K, V> {
    return {
      send: (key, value, at = {}) => {
        const record = {
          topic,
          partition: 0,
          timestamp: at.timestamp ?? this.#clock.now(),
          key: toBytes(keySerde, key),
          value: toBytes(valueSerde, value),
          headers: at.headers ?? noHeaders,
        }
        if (!this.#isRead(topic)) throw new RangeError(`this topology does not read ${topic}`)
        this.#deliver(record)
        this.#settle()
      },
    }
  }

  output<K, V>(topic: string, { keySerde, valueSerde }: TopicSerdes<K, V>): OutputTopic<K, V> {
    return {
      read: () => {
        const unread = this.#unread.get(topic) ?? []
        this.#unread.delete(topic)
        return unread.map((record) => ({
          topic,
          key: fromBytes(keySerde, record.key),
          value: fromBytes(valueSerde, record.value),
          timestamp: record.timestamp,
          headers: record.headers,
        }))
      },
    }
  }

  /** Everything that was written, in order: outputs, repartition topics and changelogs, as bytes. */
  get produced(): readonly ProducedRecord[] {
    return this.#all
  }

  /** A key-value store of the topology, by its name: `get(key)` and `all()`. */
  keyValueStore<K, V>(name: string): Pick<TimestampedStore<K, V>, 'get' | 'all'> {
    return timestampedStore<K, V>(this.#context, name)
  }

  /** Turns the wall clock; punctuators that become due fire once. */
  advance(ms: number): void {
    this.#clock.turn(ms)
    this.#context.wallClock = this.#clock.now()
    this.#context.wallTimers.fire(this.#clock.now())
    this.#commit()
    this.#settle()
  }

  /**
   * Ends when every call of an operator that awaits has ended, and what came of it has gone on. A call that failed for
   * good, and that no handler takes, rejects. Retries follow at once; a call's time runs out as the clock is turned.
   */
  async settled(): Promise<void> {
    const never = new AbortController().signal
    this.#settle()
    while (this.#task.awaits?.isSettled === false) {
      await this.#waker.whileAsleep(
        never,
        (woken) =>
          new Promise<void>((resolve) => {
            woken.addEventListener('abort', () => resolve(), { once: true })
          }),
      )
      this.#settle()
    }
  }

  close(): void {
    this.#task.close()
    this.#global?.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #settle(): void {
    this.#readBack()
    while (this.#task.hasWork) {
      this.#task.process(1, this.#clock.now())
      this.#context.streamTimers.fire(this.#context.streamTime)
      this.#commit()
      this.#readBack()
    }
  }

  #commit(): void {
    this.#task.flush()
    this.#task.commit(new Map())
  }

  /** What was written to a topic that the topology also reads comes in again. */
  #readBack(): void {
    for (const record of this.#written.splice(0)) {
      this.#all.push(record)
      const unread = this.#unread.get(record.topic)
      if (unread === undefined) this.#unread.set(record.topic, [record])
      else unread.push(record)
      this.#deliver(record)
    }
  }

  /** To the task, to the global stores, or to nobody. */
  #deliver(record: OutgoingRecord): void {
    const topic = this.#topology.wireTopic(record.topic, this.#wire)
    const isGlobal = this.#global?.topics.includes(topic) === true
    if (!isGlobal && !this.#task.sources.some((source) => source.topic === topic)) return
    const offset = this.#nextOffset.get(topic) ?? 0
    this.#nextOffset.set(topic, offset + 1)
    const batch = batchOfOne({ ...record, topic }, offset)
    if (isGlobal) this.#global.take(batch)
    else this.#task.enqueue(batch)
  }

  #isRead(topic: string): boolean {
    const wire = this.#topology.wireTopic(topic, this.#wire)
    return this.#global?.topics.includes(wire) === true || this.#task.sources.some((source) => source.topic === wire)
  }
}

function batchOfOne({ topic, timestamp, key, value, headers }: OutgoingRecord, offset: number): RecordBatch {
  return {
    topic,
    partition: 0,
    length: 1,
    offset: () => offset,
    timestamp: () => timestamp,
    key: () => key,
    value: () => value,
    headers: () => headers,
  }
}
