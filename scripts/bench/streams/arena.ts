import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Admin } from 'kafkajs'
import { systemClock } from '../../../src/host/system-clock.ts'
import { openKafkajs } from '../../../src/kafka/kafkajs-admin-client.ts'
import type { StreamClient } from '../../../src/kafka/stream-client.ts'
import { WireClient } from '../../../src/kafka/wire/wire-client.ts'
import { startBroker, type Broker } from '../../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../../src/local/cluster.ts'
import { kafkaConfigVars } from '../../../src/local/kafka-config-vars.ts'
import { machineCache } from '../../../test/support/machine-cache.ts'
import { compilePeers } from '../java-program.ts'
import type { Guarantee, Way } from './cases.ts'
import { Contender } from './contender.ts'
import { load, partitions, type Load } from './input.ts'

export type Side = 'ours' | 'java'

export interface Entry {
  readonly side: Side
  /** A case's name, or `restore`. */
  readonly what: string
  readonly guarantee: Guarantee
  readonly way: Way
  readonly applicationId: string
  readonly hear?: (line: string) => void
}

const root = join(import.meta.dirname, '..', '..', '..')
const ourCommand = [join(root, 'bin', 'weir'), 'worker', join(import.meta.dirname, 'topology.ts')]
/** What Heroku's JVM buildpack sets on a dyno of 512 MB, the smallest that runs workers. */
const javaFlags = ['-Xmx300m', '-Xss512k', '-XX:CICompilerCount=2', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn']

/** What Heroku's Node.js buildpack tells a process on the same dyno. */
const ourVars = { MEMORY_AVAILABLE: '512' }

/** Time must take no record away, however old it says it is. */
const forEver = { cleanupPolicy: 'delete', retentionMs: null } as const

/** One broker for both sides, their inputs on it, and a folder for everything, which is kept when something goes wrong. */
export class Arena implements AsyncDisposable {
  readonly folder: string
  readonly #broker: Broker
  readonly #credentials: KafkaCredentials
  readonly #classPath: string
  readonly #admin: Admin
  readonly #client: StreamClient
  #keep = true

  private constructor(folder: string, broker: Broker, credentials: KafkaCredentials, classPath: string) {
    this.folder = folder
    this.#broker = broker
    this.#credentials = credentials
    this.#classPath = classPath
    const address = { brokers: [`127.0.0.1:${broker.ports.plaintext}`] }
    const clientId = 'bench-observer'
    this.#admin = openKafkajs(address, { clientId, retries: 5, connectionTimeoutMs: 5_000 }).admin()
    this.#client = new WireClient(address, { clientId, clock: systemClock, random: Math.random })
  }

  static async open(): Promise<Arena> {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-bench-'))
    for (const part of ['state', 'classes', 'log']) await mkdir(join(folder, part))
    const classPath = await compilePeers(join(folder, 'classes'), ['driver', 'streams'])
    warmUp()
    const cache = machineCache()
    const broker = await startBroker({ cache, folder: join(folder, 'broker'), plaintext: true, forLoad: true })
    const arena = new Arena(folder, broker, await broker.issueCredentials(null), classPath)
    await arena.#admin.connect()
    return arena
  }

  async load(work: Load): Promise<void> {
    await this.createTopic(work.topic)
    await load(this.#client, work)
  }

  createTopic(name: string): Promise<void> {
    return this.#broker.createTopic({ name, partitions, config: forEver })
  }

  deleteTopic(name: string): Promise<void> {
    return this.#broker.deleteTopic(name)
  }

  enter({ side, what, guarantee, way, applicationId, hear = () => {} }: Entry): Contender {
    const java = ['java', ...javaFlags, '-cp', this.#classPath, 'StreamsBench']
    return new Contender({
      command: side === 'ours' ? ourCommand : java,
      logFile: join(this.folder, 'log', `${applicationId}.log`),
      hear,
      env: {
        ...this.#way(way),
        DYNO: 'worker.1',
        ...(side === 'ours' && ourVars),
        BENCH_CASE: what,
        BENCH_OUT: outputOf(applicationId),
        STREAMS_APPLICATION_ID: applicationId,
        STREAMS_STATE_DIR: join(this.folder, 'state', applicationId),
        STREAMS_PROCESSING_GUARANTEE: guarantee,
        // what is committed is seen: Kafka Streams' own interval under exactly-once is 100 ms, else 30 s
        ...(guarantee === 'at_least_once' && { STREAMS_COMMIT_INTERVAL_MS: '1000' }),
        STREAMS_AUTO_OFFSET_RESET: 'earliest',
      },
    })
  }

  /** Records of the input that are committed as worked on; undefined where the group's coordinator does not say now. */
  async committed(applicationId: string): Promise<number | undefined> {
    const asked = this.#admin.fetchOffsets({ groupId: applicationId, topics: ['in'] })
    const found = await asked.catch(() => undefined)
    return found?.flatMap((topic) => topic.partitions).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
  }

  /** Records of a topic, in open transactions too. */
  async written(topic: string): Promise<number> {
    const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
    const ends = await this.#client.offsets(all, 'end')
    return ends.ok ? [...ends.value.values()].reduce((sum, offset) => sum + offset, 0) : 0
  }

  async forgetState(applicationId: string): Promise<void> {
    await rm(join(this.folder, 'state', applicationId), { recursive: true, force: true })
  }

  /** All went well: nothing is kept. */
  succeed(): void {
    this.#keep = false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin.disconnect()
    await this.#client.close()
    await this.#broker.close()
    await rm(join(this.folder, this.#keep ? 'broker' : ''), { recursive: true, force: true })
  }

  #way(way: Way): Readonly<Record<string, string>> {
    if (way === 'plaintext') return { KAFKA_URL: `kafka://127.0.0.1:${this.#broker.ports.plaintext}` }
    return kafkaConfigVars('KAFKA', this.#broker.addresses.dedicated, this.#credentials)
  }
}

/** Both sides start from what a slug holds: classes for the JVM, and what our build step keeps of the types that it stripped. */
function warmUp(): void {
  const [weir = '', ...args] = ourCommand
  execFileSync(weir, [...args, '--warm-up'], { env: { PATH: process.env['PATH'], BENCH_CASE: 'passthrough' } })
}

export const outputOf = (applicationId: string): string => `${applicationId}-out`
export const changelogOf = (applicationId: string): string => `${applicationId}-store-changelog`
