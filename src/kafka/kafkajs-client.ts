import { Kafka, logLevel } from 'kafkajs'
import type Cluster from 'kafkajs/src/cluster/index.js'
import type { Broker } from 'kafkajs/src/cluster/index.js'
import type { Result } from '../base/result.ts'
import type { ClusterAddress } from './cluster-address.ts'
import type { GroupOptions, StreamGroup } from './group.ts'
import { openKafkajsCluster, tlsOptions } from './kafkajs-cluster.ts'
import { attempt } from './kafkajs-failure.ts'
import { KafkajsGroup } from './kafkajs-group.ts'
import { KafkajsSink } from './kafkajs-sink.ts'
import { KafkajsSource } from './kafkajs-source.ts'
import type { RecordSink, TransactionalSink } from './record-sink.ts'
import type { Position, RecordSource, SourceOptions } from './record-source.ts'
import type { TopicPartition } from './record.ts'
import type { StreamClient } from './stream-client.ts'
import type { StreamFailure } from './stream-failure.ts'
import { printTopicPartition } from './topic-partition.ts'

/**
 * The ports of a stream thread on kafkajs. It can neither fence offsets of a
 * transaction by the group's generation (KIP-447) nor wait for pending ones
 * (`require_stable`), so it offers no transactions rather than weak ones.
 */
export class KafkajsClient implements StreamClient {
  readonly #address: ClusterAddress
  readonly #clientId: string
  /** Coordinator, metadata and offsets; fetches and writes have connections of their own. */
  readonly #cluster: Cluster

  constructor(address: ClusterAddress, clientId: string) {
    this.#address = address
    this.#clientId = clientId
    this.#cluster = openKafkajsCluster(address, clientId)
  }

  openSource(options: SourceOptions): RecordSource {
    return new KafkajsSource(openKafkajsCluster(this.#address, this.#clientId), options)
  }

  openSink(): RecordSink {
    const { brokers, tls } = this.#address
    const kafka = new Kafka({
      brokers: [...brokers],
      clientId: this.#clientId,
      logLevel: logLevel.NOTHING,
      connectionTimeout: 10_000,
      ...(tls !== undefined && { ssl: tlsOptions(tls) }),
    })
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2000 },
    })
    return new KafkajsSink(producer, (topics) => this.partitions(topics))
  }

  openTransactionalSink(): TransactionalSink {
    throw new Error('kafkajs cannot fence a transaction by the consumer group (KIP-447): use the wire client')
  }

  openGroup(options: GroupOptions): StreamGroup {
    return new KafkajsGroup(this.#cluster, options)
  }

  /** Asked topic by topic: one name that is missing or forbidden makes kafkajs fail the whole request. */
  async partitions(topics: readonly string[]): Promise<Result<ReadonlyMap<string, number>, StreamFailure>> {
    return attempt(async () => {
      const broker = await this.#anyBroker()
      const counts = new Map<string, number>()
      for (const topic of topics) {
        const count = await partitionCount(broker, topic)
        if (count !== undefined) counts.set(topic, count)
      }
      return counts
    })
  }

  /** Asked without names, kafkajs asks for all. */
  async topics(): Promise<Result<readonly string[], StreamFailure>> {
    return attempt(async () => {
      const broker = await this.#anyBroker()
      const { topicMetadata } = await broker.metadata([])
      return topicMetadata.filter(({ isInternal }) => !isInternal).map(({ topic }) => topic)
    })
  }

  async offsets(
    partitions: readonly TopicPartition[],
    end: 'beginning' | 'end' | 'committed-end',
  ): Promise<Result<ReadonlyMap<string, number>, StreamFailure>> {
    return attempt(async () => {
      await this.#cluster.connect()
      await this.#cluster.addMultipleTargetTopics([...new Set(partitions.map(({ topic }) => topic))])
      const byLeader = Map.groupBy(partitions, (partition) => this.#leader(partition))
      const found = new Map<string, number>()
      for (const [nodeId, all] of byLeader) {
        const broker = await this.#cluster.findBroker({ nodeId })
        const { responses } = await broker.listOffsets({
          isolationLevel: end === 'committed-end' ? 1 : 0,
          topics: [...Map.groupBy(all, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
            topic,
            partitions: ofTopic.map(({ partition }) => ({ partition, timestamp: end === 'beginning' ? -2 : -1 })),
          })),
        })
        for (const { topic, partitions: answers } of responses)
          for (const { partition, offset } of answers)
            found.set(printTopicPartition({ topic, partition }), Number(offset))
      }
      return found
    })
  }

  /** Topic by topic: of several that are refused, kafkajs tells the wrong one. */
  async purge(positions: readonly Position[]): Promise<Result<void, StreamFailure>> {
    return attempt(async () => {
      await this.#cluster.connect()
      for (const [topic, ofTopic] of Map.groupBy(positions, (position) => position.topic)) {
        await this.#cluster.addMultipleTargetTopics([topic])
        for (const [nodeId, led] of Map.groupBy(ofTopic, ({ partition }) => this.#leader({ topic, partition }))) {
          const broker = await this.#cluster.findBroker({ nodeId })
          const partitions = led.map(({ partition, offset }) => ({ partition, offset: String(offset) }))
          await toldByPartition(() => broker.deleteRecords({ topics: [{ topic, partitions }] }))
        }
      }
    })
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect()
  }

  #leader({ topic, partition }: TopicPartition): string {
    return String(Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]))[0])
  }

  async #anyBroker(): Promise<Broker> {
    await this.#cluster.connect()
    await this.#cluster.refreshMetadataIfNecessary()
    return this.#cluster.brokerPool.findConnectedBroker()
  }
}

async function partitionCount(broker: Broker, topic: string): Promise<number | undefined> {
  const answer = await attempt(() => broker.metadata([topic]))
  if (answer.ok) return answer.value.topicMetadata[0]?.partitionMetadata.length
  if (/^UNKNOWN_TOPIC_OR_PARTITION|^TOPIC_AUTHORIZATION_FAILED|^INVALID_TOPIC/.test(answer.error.reason))
    return undefined
  throw Object.assign(new Error(answer.error.reason), { name: 'KafkaJSMetadataNotLoaded' })
}

/** kafkajs says only that records were not deleted, and keeps what the broker said about each partition beside it. */
async function toldByPartition(call: () => Promise<unknown>): Promise<void> {
  try {
    await call()
  } catch (error) {
    throw refusalsIn(error)[0]?.error ?? error
  }
}

function refusalsIn(error: unknown): readonly { readonly error?: unknown }[] {
  return error instanceof Error && 'partitions' in error && Array.isArray(error.partitions) ? error.partitions : []
}
