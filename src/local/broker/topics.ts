import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import kafkajs, { type Admin } from 'kafkajs'
import type { LocalTopic } from '../cluster.ts'

const { ConfigResourceTypes, KafkaJSProtocolError } = kafkajs

/** Topics as their owner sees them. Every write may be repeated. */
export class Topics {
  readonly #admin: Admin
  readonly #data: string

  constructor(admin: Admin, data: string) {
    this.#admin = admin
    this.#data = data
  }

  /** All but Kafka's own. */
  async list(): Promise<readonly LocalTopic[]> {
    const { topics } = await this.#admin.fetchTopicMetadata()
    const own = topics.filter(({ name }) => !name.startsWith('__'))
    const [configs, sizes] = await Promise.all([this.#configs(own.map(({ name }) => name)), topicSizes(this.#data)])
    return own.map(({ name, partitions }) => ({
      name,
      partitions: partitions.length,
      config: localConfig(configs.get(name) ?? new Map()),
      sizeBytes: sizes.get(name) ?? 0,
    }))
  }

  /** Ends when each partition has a leader, so that the first record finds it. */
  async create({ name, partitions, config }: Omit<LocalTopic, 'sizeBytes'>): Promise<void> {
    await this.#admin.createTopics({
      topics: [{ topic: name, numPartitions: partitions, replicationFactor: 1, configEntries: kafkaConfig(config) }],
      waitForLeaders: false,
    })
    const deadline = AbortSignal.timeout(10_000)
    while (!(await this.#hasLeaders(name))) {
      if (deadline.aborted) throw new Error(`topic ${name} was created, but its partitions have no leader after 10 s`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async configure(name: string, config: LocalTopic['config']): Promise<void> {
    const resource = { type: ConfigResourceTypes.TOPIC, name, configEntries: kafkaConfig(config) }
    await this.#admin.alterConfigs({ validateOnly: false, resources: [resource] })
  }

  async delete(name: string): Promise<void> {
    // Asked first: kafkajs takes "no such topic" for something that passes, and tries for seconds.
    const { topics } = await this.#admin.fetchTopicMetadata()
    if (!topics.some((topic) => topic.name === name)) return
    try {
      await this.#admin.deleteTopics({ topics: [name] })
    } catch (error) {
      if (!isUnknownTopic(error)) throw error
    }
  }

  async #configs(names: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
    if (names.length === 0) return new Map()
    const { resources } = await this.#admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({
        type: ConfigResourceTypes.TOPIC,
        name,
        configNames: ['cleanup.policy', 'retention.ms'],
      })),
    })
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    )
  }

  async #hasLeaders(name: string): Promise<boolean> {
    try {
      const { topics } = await this.#admin.fetchTopicMetadata({ topics: [name] })
      return topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))
    } catch (error) {
      if (isUnknownTopic(error)) return false
      throw error
    }
  }
}

/** Kafka's answer for a topic that is not there, or not there yet. */
const isUnknownTopic = (error: unknown): boolean =>
  error instanceof Error &&
  [error, error.cause].some(
    (one) =>
      one instanceof KafkaJSProtocolError && ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes(one.type),
  )

/** Kafka spells unlimited retention -1. */
const kafkaConfig = ({ cleanupPolicy, retentionMs }: LocalTopic['config']): { name: string; value: string }[] => [
  { name: 'cleanup.policy', value: cleanupPolicy },
  { name: 'retention.ms', value: String(retentionMs ?? -1) },
]

function localConfig(entries: ReadonlyMap<string, string>): LocalTopic['config'] {
  const policies = new Set((entries.get('cleanup.policy') ?? 'delete').split(',').map((policy) => policy.trim()))
  const retention = Number(entries.get('retention.ms') ?? -1)
  const compact = policies.has('compact') ? 'compact' : 'delete'
  return {
    cleanupPolicy: policies.size > 1 ? 'compact,delete' : compact,
    retentionMs: retention < 0 ? null : retention,
  }
}

/** Bytes of records by topic, from the log segments on disk: kafkajs has no DescribeLogDirs. */
async function topicSizes(data: string): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>()
  for (const folder of await readdir(data, { withFileTypes: true })) {
    const topic = /^(?<topic>.+)-\d+$/.exec(folder.name)?.groups?.['topic']
    if (topic === undefined || !folder.isDirectory()) continue
    sizes.set(topic, (sizes.get(topic) ?? 0) + (await segmentBytes(join(data, folder.name))))
  }
  return sizes
}

/** Segments and whole partitions come and go while we look. */
async function segmentBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const sizes = names
    .filter((name) => name.endsWith('.log'))
    .map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
