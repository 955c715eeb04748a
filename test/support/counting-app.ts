import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/base/clock.ts'
import { systemClock } from '../../src/host/system-clock.ts'
import type { AwaitOrder } from '../../src/runtime/await/await-options.ts'
import { readWorkerConfig } from '../../src/runtime/config.ts'
import type { Topology } from '../../src/runtime/graph/topology.ts'
import { StreamsBuilder } from '../../src/runtime/dsl/streams-builder.ts'
import { serdes } from '../../src/runtime/serde/serdes.ts'
import { StateFolder } from '../../src/runtime/state/task-stores.ts'
import { openLmdb } from './open-lmdb.ts'
import { StreamThread, type ThreadOptions } from '../../src/runtime/thread/stream-thread.ts'
import { runWorker } from '../../src/runtime/worker.ts'
import { FakeKafka } from './fake-kafka.ts'
import { mortal, type Life } from './mortal.ts'
import { until } from './until.ts'

const text = { keySerde: serdes.string, valueSerde: serdes.string }
const partitions = 2

export function countWords(store: 'persistent' | 'in-memory') {
  const builder = new StreamsBuilder()
  builder
    .stream('lines', text)
    .flatMapValues((line) => line.split(' '))
    .groupBy((_, word) => word, text)
    .count({ name: 'counts', store })
    .toStream()
    .to('word-counts', { keySerde: serdes.string, valueSerde: serdes.long })
  return builder.build()
}

/** Counts words, awaiting before the count and behind it; some calls take longer than others. */
export function countAwaiting(order: AwaitOrder) {
  let calls = 0
  const later = async <T>(value: T): Promise<T> => {
    for (let left = (calls += 1) % 5; left > 0; left -= 1) await setImmediate()
    return value
  }
  const builder = new StreamsBuilder()
  builder
    .stream('lines', text)
    .flatMapValues((line) => line.split(' '))
    .mapValuesAsync(later, { order, concurrency: 3, maxWaiting: 2 })
    .groupBy((_, word) => word, text)
    .count({ name: 'counts', store: 'in-memory' })
    .toStream()
    .mapValuesAsync(later, { concurrency: 2, order: order === 'none' ? 'key' : order })
    .to('word-counts', { keySerde: serdes.string, valueSerde: serdes.long })
  return builder.build()
}

export interface Running {
  readonly thread: StreamThread
  readonly log: readonly string[]
  /** Stops it as SIGTERM does, and ends when it has stopped. */
  readonly stop: () => Promise<void>
  /** Rejects with the error that ended it. */
  readonly ended: Promise<void>
}

/** A word count on the fake cluster, with threads in this very thread. */
export class CountingApp implements Disposable {
  readonly kafka = new FakeKafka()
  readonly expected = new Map<string, number>()
  readonly #folder = mkdtempSync(join(tmpdir(), 'weirkeeper-counting-'))
  readonly #env: Readonly<Record<string, string>>
  readonly #topology: () => Topology
  readonly #clock: Clock
  readonly #stopping: AbortController[] = []
  #disks = 0

  constructor(
    options: {
      env?: Record<string, string>
      store?: 'persistent' | 'in-memory'
      clock?: Clock
      topology?: () => Topology
    } = {},
  ) {
    this.#env = options.env ?? {}
    this.#topology = options.topology ?? (() => countWords(options.store ?? 'in-memory'))
    this.#clock = options.clock ?? systemClock
    for (const topic of ['lines', 'word-counts', 'wc-counts-repartition', 'wc-counts-changelog'])
      this.kafka.log.createTopic(topic, partitions)
  }

  feed(...lines: readonly string[]): void {
    lines.forEach((line, index) => {
      const value = new TextEncoder().encode(line)
      const partition = index % partitions
      this.kafka.log.append({ topic: 'lines', partition, key: null, value, timestamp: 1_000 + index, headers: [] })
      for (const word of line.split(' ')) this.expected.set(word, (this.expected.get(word) ?? 0) + 1)
    })
  }

  /** The last count of each word, as a reader of committed records sees it. */
  get counts(): ReadonlyMap<string, number> {
    return new Map(
      this.kafka.log
        .all('word-counts')
        .map(({ key, value }) => [
          Buffer.from(key ?? []).toString(),
          Number(Buffer.from(value ?? []).readBigInt64BE()),
        ]),
    )
  }

  newDisk(): string {
    return join(this.#folder, String((this.#disks += 1)))
  }

  start(life: Life, disk: string, dyno = 'worker.1', more: Partial<ThreadOptions> = {}): Running {
    const read = readWorkerConfig({
      DYNO: dyno,
      KAFKA_URL: 'kafka://fake:9092',
      STREAMS_APPLICATION_ID: 'wc',
      STREAMS_COMMIT_INTERVAL_MS: '0',
      STREAMS_POLL_MS: '1',
      ...this.#env,
    })
    if (!read.ok) throw new Error(read.error.join('; '))
    const log: string[] = []
    const say = (fields: object, message: string): void => void log.push(`${message} ${JSON.stringify(fields)}`)
    const thread = new StreamThread({
      number: 1,
      start: disk,
      config: read.value.config,
      topology: this.#topology(),
      client: mortal(this.kafka.openClient(), life),
      folder: new StateFolder({ stateDir: disk, applicationId: 'wc', era: 'today', thread: 1, openDisk: openLmdb }),
      clock: this.#clock,
      log: { info: say, warn: say, error: say },
      ...more,
    })
    const stopping = new AbortController()
    this.#stopping.push(stopping)
    const ended = Promise.race([runWorker(thread, this.#clock, stopping.signal), life.over])
    return {
      thread,
      log,
      ended,
      stop: () => {
        stopping.abort()
        return ended
      },
    }
  }

  /** Until every source record is committed. */
  async settled(): Promise<void> {
    await until(() => this.#isSettled(), 'every source record committed')
  }

  #isSettled(): boolean {
    const { offsets } = this.kafka.group('wc')
    return ['lines', 'wc-counts-repartition'].every((topic) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition })).every(
        (at) => (offsets.get(`${at.topic}-${at.partition}`)?.offset ?? 0) === this.kafka.log.end(at),
      ),
    )
  }

  /** Stops what a test that failed left running, so that the other tests go on. */
  [Symbol.dispose](): void {
    for (const stopping of this.#stopping) stopping.abort()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The fields of each line of its log that begins with the message, in order. */
export const told = ({ log }: Running, message: string): readonly Readonly<Record<string, unknown>>[] =>
  log.filter((line) => line.startsWith(message)).map((line) => JSON.parse(line.slice(line.indexOf('{'))))
