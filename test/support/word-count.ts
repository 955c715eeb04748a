import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RecordSource } from '../../src/kafka/record-source.ts'
import type { StreamClient } from '../../src/kafka/stream-client.ts'
import type { Broker } from '../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../src/local/cluster.ts'
import { kafkaConfigVars } from '../../src/local/kafka-config-vars.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'
import { addressFor } from './broker.ts'
import { good, openWire } from './wire-system.ts'

export const wordCountFile = fileURLToPath(new URL('../fixtures/runtime/word-count.ts', import.meta.url))

const partitions = 4
const never = new AbortController().signal

interface Door {
  readonly address: string
  readonly credentials: KafkaCredentials
  readonly file: string
}

/** A word count on the basic plan, everything made beforehand as the operator does, with a feeder and a reader of its own. */
export class WordCount implements AsyncDisposable {
  readonly prefix: string
  readonly expected = new Map<string, number>()
  /** The last count of each word on the output topic. */
  readonly counts = new Map<string, number>()
  readonly client: StreamClient
  readonly #address: string
  readonly #credentials: KafkaCredentials
  readonly #file: string
  readonly #env: Readonly<Record<string, string>>
  readonly #source: RecordSource
  readonly #workers: WorkerProcess[] = []
  readonly #folders: string[] = []
  #fed = 0

  private constructor(prefix: string, { address, credentials, file }: Door, env: Record<string, string>) {
    this.prefix = prefix
    this.#address = address
    this.#credentials = credentials
    this.#file = file
    this.#env = env
    this.client = openWire(addressFor(address, credentials))
    this.#source = this.client.openSource({ readCommitted: true, maxBytesPerPartition: 1024 * 1024 })
    this.#source.assign(this.#partitionsOf('word-counts').map((partition) => ({ ...partition, offset: 0 })))
  }

  /** Without a prefix it comes in as a dedicated plan does, and may do anything. */
  static async open(
    broker: Broker,
    prefix: string,
    env: Record<string, string> = {},
    file = wordCountFile,
  ): Promise<WordCount> {
    const credentials = await broker.issueCredentials(prefix === '' ? null : prefix)
    const address = prefix === '' ? broker.addresses.dedicated : broker.addresses.basic
    for (const [name, cleanupPolicy] of [
      ['lines', 'delete'],
      ['word-counts', 'compact'],
      ['wc-counts-repartition', 'delete'],
      ['wc-counts-changelog', 'compact'],
    ] as const)
      await broker.createTopic({ name: prefix + name, partitions, config: { cleanupPolicy, retentionMs: null } })
    if (prefix !== '') await broker.grantGroup(`${prefix}wc`)
    return new WordCount(prefix, { address, credentials, file }, env)
  }

  /** A dyno: a process with an empty disk. */
  async start(dyno: string, env: Readonly<Record<string, string>> = {}): Promise<WorkerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-dyno-'))
    this.#folders.push(folder)
    const worker = startWorker(this.#file, {
      DYNO: dyno,
      ...kafkaConfigVars('KAFKA', this.#address, this.#credentials),
      KAFKA_PREFIX: this.prefix,
      STREAMS_APPLICATION_ID: `${this.prefix}wc`,
      STREAMS_STATE_DIR: folder,
      STREAMS_SESSION_TIMEOUT_MS: '6000',
      STREAMS_HEARTBEAT_INTERVAL_MS: '500',
      ...this.#env,
      ...env,
    })
    this.#workers.push(worker)
    return worker
  }

  async feed(lines: number, name = 'lines'): Promise<void> {
    const sink = this.client.openSink()
    const topic = `${this.prefix}${name}`
    good(await sink.prepare([topic]))
    for (let index = 0; index < lines; index += 1) {
      const at = this.#fed++
      const line = `every ${at % 2 === 0 ? 'even' : 'odd'} line, word${String.fromCharCode(97 + (at % 26))}!`
      for (const word of line.match(/[a-z]+/g) ?? []) this.expected.set(word, (this.expected.get(word) ?? 0) + 1)
      const value = new TextEncoder().encode(line)
      sink.send({ topic, partition: at % partitions, key: null, value, timestamp: Date.now(), headers: [] })
    }
    good(await sink.flush())
    await sink.close()
  }

  /** Reads what the app writes until `isEnough`, or fails after `withinMs` with what it saw and what the workers said. */
  async readUntil(isEnough: () => boolean, withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs
    while (!isEnough()) {
      assert.ok(Date.now() < deadline, `not within ${withinMs} ms: ${this.#told()}`)
      await this.#read(100)
    }
  }

  /** Until every line was counted, everything is committed, and nothing more comes. */
  async settle(withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs
    while (!(await this.#isCommitted())) {
      assert.ok(Date.now() < deadline, `not committed within ${withinMs} ms: ${this.#told()}`)
      await this.#read(100)
    }
    const ends = good(await this.client.offsets(this.#partitionsOf('word-counts'), 'end'))
    const isRead = (position: { topic: string; partition: number; offset: number }) =>
      position.offset >= (ends.get(`${position.topic}-${position.partition}`) ?? 0)
    while (![...this.#positions.values()].every(isRead) || this.#positions.size < this.#written(ends)) {
      assert.ok(Date.now() < deadline, `the output was not read within ${withinMs} ms: ${this.#told()}`)
      await this.#read(100)
    }
  }

  async lengthOfChangelogs(): Promise<number> {
    const ends = good(await this.client.offsets(this.#partitionsOf('wc-counts-changelog'), 'end'))
    return [...ends.values()].reduce((sum, end) => sum + end, 0)
  }

  readonly #positions = new Map<number, { topic: string; partition: number; offset: number }>()

  #written(ends: ReadonlyMap<string, number>): number {
    return [...ends.values()].filter((end) => end > 0).length
  }

  async #isCommitted(): Promise<boolean> {
    const read = ['lines', 'wc-counts-repartition'].flatMap((topic) => this.#partitionsOf(topic))
    const group = this.client.openGroup({
      groupId: `${this.prefix}wc`,
      sessionTimeoutMs: 6000,
      heartbeatIntervalMs: 1000,
      rebalanceTimeoutMs: 6000,
    })
    const committed = await group.committed(read)
    if (!committed.ok) return false
    // Ends after commits: what a committed line wrote on is then below the end, and not yet committed.
    const ends = good(await this.client.offsets(read, 'end'))
    const offsets = new Map(
      committed.value.offsets.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]),
    )
    return [...ends].every(([key, end]) => end === 0 || offsets.get(key) === end)
  }

  async #read(waitMs: number): Promise<void> {
    const polled = await this.#source.poll(waitMs, never)
    if (!polled.ok) {
      assert.equal(polled.error.kind, 'retry', polled.error.reason)
      return
    }
    for (const batch of polled.value.batches)
      for (let index = 0; index < batch.length; index += 1) {
        const value = batch.value(index)
        if (value !== null) this.counts.set(text(batch.key(index)), Number(Buffer.from(value).readBigInt64BE()))
      }
    for (const position of polled.value.positions) this.#positions.set(position.partition, position)
  }

  #partitionsOf(topic: string) {
    return Array.from({ length: partitions }, (_, partition) => ({ topic: this.prefix + topic, partition }))
  }

  #told(): string {
    const wrong = [...this.expected].filter(([word, count]) => this.counts.get(word) !== count)
    const lines = this.#workers.map(({ lines: all }) => all.slice(-8).join('\n')).join('\n--\n')
    return `${wrong.length} of ${this.expected.size} counts differ, such as ${JSON.stringify(wrong[0])} and not ${this.counts.get(wrong[0]?.[0] ?? '')}\n${lines}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#workers) await worker.kill()
    await this.#source.close()
    await this.client.close()
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true })
  }
}

function text(bytes: Uint8Array | null): string {
  return bytes === null ? '' : new TextDecoder().decode(bytes)
}
