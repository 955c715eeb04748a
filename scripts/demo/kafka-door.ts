import type { Admin, Kafka } from 'kafkajs'
import { Secret } from '../../src/base/secret.ts'
import { openKafkajs } from '../../src/kafka/kafkajs-admin-client.ts'
import { poll } from './poll.ts'

export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  readonly end: number
  /** Null: nothing committed yet. */
  readonly committed: number | null
}

/** Kafka as the app's own config vars open it: the basic plan's listener, with the tenant's certificate. */
export class KafkaDoor implements AsyncDisposable {
  readonly prefix: string
  readonly #kafka: Kafka
  readonly #admin: Admin
  readonly #signal: AbortSignal

  constructor(vars: Readonly<Record<string, string>>, signal: AbortSignal) {
    const of = (name: string): string => {
      const value = vars[name]
      if (value === undefined) throw new Error(`the app has no config var ${name}`)
      return value
    }
    this.prefix = of('KAFKA_PREFIX')
    this.#signal = signal
    const tls = {
      trusted: of('KAFKA_TRUSTED_CERT'),
      certificate: of('KAFKA_CLIENT_CERT'),
      key: new Secret(of('KAFKA_CLIENT_CERT_KEY')),
    }
    const brokers = of('KAFKA_URL')
      .split(',')
      .map((url) => new URL(url).host)
    this.#kafka = openKafkajs({ brokers, tls }, { clientId: 'demo', retries: 8, connectionTimeoutMs: 5_000 })
    this.#admin = this.#kafka.admin()
  }

  async open(): Promise<void> {
    await this.#admin.connect()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin.disconnect()
  }

  /** Line n goes to partition n modulo the count, so a run is like the next. */
  async feed(topic: string, lines: readonly string[], partitions: number): Promise<void> {
    const producer = this.#kafka.producer({ allowAutoTopicCreation: false })
    await producer.connect()
    try {
      const batch = 1_000
      for (let from = 0; from < lines.length; from += batch) {
        this.#signal.throwIfAborted()
        const messages = lines
          .slice(from, from + batch)
          .map((line, index) => ({ value: line, partition: (from + index) % partitions }))
        await producer.send({ topic: this.prefix + topic, messages })
      }
    } finally {
      await producer.disconnect()
    }
  }

  /** Topics of this tenant, without prefix. */
  async topics(): Promise<readonly { readonly name: string; readonly partitions: number }[]> {
    const names = (await this.#admin.listTopics()).filter((name) => name.startsWith(this.prefix))
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: names })
    return topics
      .map(({ name, partitions }) => ({ name: name.slice(this.prefix.length), partitions: partitions.length }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  async members(group: string): Promise<number> {
    const { groups } = await this.#admin.describeGroups([this.prefix + group])
    return groups[0]?.members.length ?? 0
  }

  async lag(group: string, topics: readonly string[]): Promise<readonly PartitionLag[]> {
    const wire = topics.map((topic) => this.prefix + topic)
    const committed = await this.#admin.fetchOffsets({ groupId: this.prefix + group, topics: [...wire] })
    const rows: PartitionLag[] = []
    for (const topic of wire) {
      const own = new Map(
        committed.find((row) => row.topic === topic)?.partitions.map((row) => [row.partition, Number(row.offset)]),
      )
      for (const { partition, high } of await this.#admin.fetchTopicOffsets(topic)) {
        const offset = own.get(partition) ?? -1
        rows.push({
          topic: topic.slice(this.prefix.length),
          partition,
          end: Number(high),
          committed: offset < 0 ? null : offset,
        })
      }
    }
    return rows
  }

  /** The latest value of every key, read from the beginning to where the topic ends now. */
  async latest(topic: string, group: string): Promise<ReadonlyMap<string, Buffer>> {
    const name = this.prefix + topic
    const ends = new Map(
      (await this.#admin.fetchTopicOffsets(name)).map(({ partition, high }) => [partition, Number(high)]),
    )
    const reached = new Map([...ends].map(([partition, end]) => [partition, end === 0]))
    const found = new Map<string, Buffer>()
    const consumer = this.#kafka.consumer({ groupId: this.prefix + group, allowAutoTopicCreation: false })
    await consumer.connect()
    try {
      await consumer.subscribe({ topic: name, fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          const { partition, messages } = batch
          for (const { key, value } of messages) if (key !== null && value !== null) found.set(key.toString(), value)
          reached.set(partition, Number(batch.lastOffset()) + 1 >= (ends.get(partition) ?? 0))
          return Promise.resolve()
        },
      })
      const look = (): Promise<true | null> => Promise.resolve([...reached.values()].every(Boolean) ? true : null)
      const seen = (): string =>
        `partitions at their end: ${[...reached].filter(([, isThere]) => isThere).length} of ${ends.size}`
      await poll({ what: `${topic} to be read to its end`, withinMs: 30_000, look, seen }, this.#signal)
      return found
    } finally {
      await consumer.disconnect()
    }
  }
}

export const lagOf = (rows: readonly PartitionLag[]): number =>
  rows.reduce((sum, { end, committed }) => sum + end - (committed ?? 0), 0)
