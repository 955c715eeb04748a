import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from '../../src/local/artifact/cache-folder.ts'
import type { ArtifactCache } from '../../src/local/artifact/fetch-artifacts.ts'
import { startBroker, type Broker } from '../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../src/local/cluster.ts'
import { topologyFacts } from '../../src/runtime/graph/topology-facts.ts'
import type { Topology } from '../../src/runtime/graph/topology.ts'
import { Dyno } from './dyno.ts'

export const soakCache = (): ArtifactCache => ({
  folder: cacheFolder(process.env, homedir()),
  repository: process.env['WEIRKEEPER_MAVEN_REPOSITORY'],
})

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
    const broker = await startBroker({ cache: soakCache(), folder: join(folder, 'broker'), plaintext: true })
    return new Stage(folder, app, broker, await broker.issueCredentials(null))
  }

  get broker(): Broker {
    return this.#broker
  }

  /** `host:port` of the way in that asks for no certificate. */
  get plaintext(): string {
    return `127.0.0.1:${this.#broker.ports.plaintext}`
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

  /** `logFile`s of all dynos lie in the folder. */
  startDyno(name: string): Dyno {
    const { applicationId, env, file } = this.#app
    const dyno = new Dyno({
      name,
      file,
      logFile: join(this.folder, `${name}.log`),
      env: {
        KAFKA_URL: `kafka+ssl://${this.#broker.addresses.dedicated}`,
        KAFKA_TRUSTED_CERT: this.credentials.trustedCert,
        KAFKA_CLIENT_CERT: this.credentials.clientCert,
        KAFKA_CLIENT_CERT_KEY: this.credentials.clientKey,
        STREAMS_APPLICATION_ID: applicationId,
        STREAMS_STATE_DIR: this.stateOf(name),
        ...env,
      },
    })
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
    this.#broker = await startBroker({ cache: soakCache(), folder: join(this.folder, 'broker'), ports })
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
