import type Cluster from 'kafkajs/src/cluster/index.js'
import { setTimeout as delay } from 'node:timers/promises'
import { ok, type Result } from '../base/result.ts'
import { readFetched, type FetchedBatch } from './kafkajs-batch.ts'
import { attempt } from './kafkajs-failure.ts'
import type { TopicPartition } from './record.ts'
import type { Polled, Position, RecordSource, SourceOptions } from './record-source.ts'
import type { StreamFailure } from './stream-failure.ts'
import { printTopicPartition } from './topic-partition.ts'

/** Fetches from the leaders, one request each; kafkajs gives fetches a connection of their own. */
export class KafkajsSource implements RecordSource {
  readonly #cluster: Cluster
  readonly #options: SourceOptions
  readonly #positions = new Map<string, Position>()
  readonly #paused = new Set<string>()
  /** Where partitions end, as of the last fetch. */
  readonly #ends = new Map<string, number>()

  constructor(cluster: Cluster, options: SourceOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  assign(positions: readonly Position[]): void {
    this.#positions.clear()
    this.#ends.clear()
    for (const position of positions) this.#positions.set(printTopicPartition(position), position)
    for (const key of this.#paused) if (!this.#positions.has(key)) this.#paused.delete(key)
  }

  seek(position: Position): void {
    const key = printTopicPartition(position)
    if (this.#positions.has(key)) this.#positions.set(key, position)
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.add(printTopicPartition(partition))
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.delete(printTopicPartition(partition))
  }

  lag(partition: TopicPartition): number | undefined {
    const key = printTopicPartition(partition)
    const [position, end] = [this.#positions.get(key)?.offset, this.#ends.get(key)]
    return position === undefined || end === undefined ? undefined : Math.max(0, end - position)
  }

  async poll(maxWaitMs: number, signal: AbortSignal): Promise<Result<Polled, StreamFailure>> {
    const wanted = [...this.#positions].filter(([key]) => !this.#paused.has(key)).map(([, position]) => position)
    if (wanted.length === 0) {
      await delay(maxWaitMs, undefined, { signal }).catch(() => undefined)
      return ok({ batches: [], positions: [] })
    }
    const fetched = await attempt(() => this.#fetch(wanted, maxWaitMs))
    if (fetched.ok) return ok(this.#take(fetched.value))
    if (fetched.error.kind === 'retry') await attempt(() => this.#cluster.refreshMetadata())
    return fetched
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect()
  }

  async #fetch(wanted: readonly Position[], maxWaitMs: number): Promise<readonly FetchedBatch[]> {
    await this.#cluster.connect()
    await this.#cluster.addMultipleTargetTopics([...new Set(wanted.map(({ topic }) => topic))])
    const byLeader = Map.groupBy(wanted, ({ topic, partition }) => this.#leaderOf(topic, partition))
    const fetched = await Promise.all(
      [...byLeader].map(([nodeId, positions]) => this.#fetchFrom(nodeId, positions, maxWaitMs)),
    )
    return fetched.flat()
  }

  #leaderOf(topic: string, partition: number): string {
    const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]))
    if (nodeId !== undefined) return nodeId
    const unknown = new Error(`no leader is known for ${topic}-${partition}`)
    unknown.name = 'KafkaJSTopicMetadataNotLoaded'
    throw unknown
  }

  async #fetchFrom(
    nodeId: string,
    positions: readonly Position[],
    maxWaitMs: number,
  ): Promise<readonly FetchedBatch[]> {
    const broker = await this.#cluster.findBroker({ nodeId })
    const { readCommitted, maxBytesPerPartition } = this.#options
    const { responses } = await broker.fetch({
      isolationLevel: readCommitted ? 1 : 0,
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      maxBytes: maxBytesPerPartition * positions.length,
      topics: [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, all]) => ({
        topic,
        partitions: all.map(({ partition, offset }) => ({
          partition,
          fetchOffset: String(offset),
          maxBytes: maxBytesPerPartition,
        })),
      })),
    })
    const asked = new Map(positions.map((position) => [printTopicPartition(position), position]))
    return responses.flatMap(({ topicName, partitions }) =>
      partitions.flatMap((fetched) => {
        const key = printTopicPartition({ topic: topicName, partition: fetched.partition })
        const position = asked.get(key)
        if (position === undefined) return []
        this.#ends.set(key, Number(readCommitted ? fetched.lastStableOffset : fetched.highWatermark))
        return [readFetched(position, fetched)]
      }),
    )
  }

  #take(fetched: readonly FetchedBatch[]): Polled {
    const moved = fetched.filter(({ next }) => next.offset !== this.#positions.get(printTopicPartition(next))?.offset)
    for (const { next } of moved) this.#positions.set(printTopicPartition(next), next)
    return {
      batches: moved.map(({ batch }) => batch).filter(({ length }) => length > 0),
      positions: moved.map(({ next }) => next),
    }
  }
}
