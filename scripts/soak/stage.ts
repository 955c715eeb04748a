import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterAddress } from '../../src/kafka/cluster-address.ts'
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts'
import { startBroker, type Broker } from '../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../src/local/cluster.ts'
import { kafkaConfigVars } from '../../src/local/kafka-config-vars.ts'
import { topologyFacts } from '../../src/runtime/graph/topology-facts.ts'
import type { Topology } from '../../src/runtime/graph/topology.ts'
import { addressFor } from '../../test/support/broker.ts'
import { machineCache } from '../../test/support/machine-cache.ts'
import { Dyno } from './dyno.ts'
import { partitionsOf } from './read-topic.ts'

const weir = join(import.meta.dirname, '..', '..', 'bin', 'weir')

export interface App {
  readonly file: string
  readonly topology: Topology
  readonly applicationId: string
  /** Of every topic the app reads or writes. */
  readonly partitions: number
  readonly env: Readonly<Record<string, string>>
}

/** A broker and its tenant's dynos, in one folder that is kept when something went wrong. */
export class Stage implements AsyncDisposable {
  readonly folder: string
  readonly credentials: KafkaCredentials
  readonly #app: App
  #broker: Broker
  readonly #dynos: Dyno[] = []
  #keep = false

  private constructor(folder: string, app: App, broker: Broker, credentials: KafkaCredentials) {
    this.folder = folder
    this.#app = app
    this.#broker = broker
    this.credentials = credentials
    process.once('exit', this.#killDynos)
  }

  static async open(app: App): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-soak-'))
    await mkdir(join(folder, 'state'))
    const broker = await startBroker({ cache: machineCache(), folder: join(folder, 'broker'), plaintext: true })
    return new Stage(folder, app, broker, await broker.issueCredentials(null))
  }

  get broker(): Broker {
    return this.#broker
  }

  /** `host:port` of the way in that asks for no certificate. */
  get plaintext(): string {
    return `127.0.0.1:${this.#broker.ports.plaintext}`
  }

  /** The way in of a tenant, by certificate. */
  get address(): ClusterAddress {
    return addressFor(this.#broker.addresses.dedicated, this.credentials)
  }

  /** How many records were ever written to a topic, by the offsets of its partitions' ends. */
  async endOf(topic: string): Promise<number> {
    const client = new KafkajsClient(this.address, 'soak-look')
    try {
      const ends = await client.offsets(partitionsOf(topic, this.#app.partitions), 'end')
      if (!ends.ok) throw new Error(`asking for the end of ${topic}: ${ends.error.reason}`)
      return [...ends.value.values()].reduce((sum, end) => sum + end, 0)
    } finally {
      await client.close()
    }
  }

  keep(): void {
    this.#keep = true
  }

  /** The app's own topics, and those that the operator would make for it. Returns the repartition topics. */
  async createTopics(names: readonly string[]): Promise<readonly string[]> {
    const { applicationId, partitions, topology } = this.#app
    const create = (name: string, config: TopicConfig) => this.#broker.createTopic({ name, partitions, config })
    for (const name of names) await create(name, forEver)
    const repartition: string[] = []
    for (const { sources, stores } of topologyFacts(topology, { applicationId, topicPrefix: '' })) {
      repartition.push(...sources.flatMap(({ topic, isRepartition }) => (isRepartition ? [topic] : [])))
      for (const { changelog, kind } of stores)
        if (changelog !== undefined) await create(changelog, kind === 'key-value' ? compacted : forEver)
    }
    for (const name of repartition) await create(name, forEver)
    return repartition
  }

  stateOf(dyno: string): string {
    return join(this.folder, 'state', dyno)
  }

  /** `more` goes before what the app sets. */
  startDyno(name: string, more: Readonly<Record<string, string>> = {}): Dyno {
    const { applicationId, env, file } = this.#app
    return this.startProcess(name, [weir, 'worker', file], {
      ...kafkaConfigVars('KAFKA', this.#broker.addresses.dedicated, this.credentials),
      STREAMS_APPLICATION_ID: applicationId,
      STREAMS_STATE_DIR: this.stateOf(name),
      ...env,
      ...more,
    })
  }

  /** It ends with the stage. What it says goes to a file in the folder. */
  startProcess(name: string, command: readonly string[], env: Readonly<Record<string, string>> = {}): Dyno {
    const dyno = new Dyno({ name, command, logFile: join(this.folder, `${name}.log`), env })
    this.#dynos.push(dyno)
    return dyno
  }

  async wipe(dyno: string): Promise<void> {
    await rm(this.stateOf(dyno), { recursive: true, force: true })
  }

  /** Ends the broker and starts it again after a while, where its clients look for it. */
  async bounce(signal: 'SIGTERM' | 'SIGKILL', awayMs: number): Promise<void> {
    const { pid, ports, exited } = this.#broker
    process.kill(pid, signal)
    await exited
    await this.#broker.close()
    await new Promise((resolve) => setTimeout(resolve, awayMs))
    this.#broker = await startBroker({ cache: machineCache(), folder: join(this.folder, 'broker'), ports })
  }

  /** A process that stands still hears nothing but this. */
  readonly #killDynos = (): void => {
    for (const dyno of this.#dynos) if (dyno.end === undefined) dyno.signal('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#killDynos)
    this.#killDynos()
    await Promise.all(this.#dynos.map(({ ended }) => ended))
    await this.#broker.close()
    if (!this.#keep) await rm(this.folder, { recursive: true, force: true })
  }
}

type TopicConfig = Parameters<Broker['createTopic']>[0]['config']

/** Records of these soaks carry times that lie days back: time must take nothing away. */
const forEver: TopicConfig = { cleanupPolicy: 'delete', retentionMs: null }
const compacted: TopicConfig = { cleanupPolicy: 'compact', retentionMs: null }
