import type { Clock } from '../../base/clock.ts'
import { fail, ok } from '../../base/result.ts'
import type { Result } from '../../base/result.ts'
import type { ClusterAddress } from '../cluster-address.ts'
import type { GroupOptions, StreamGroup } from '../group.ts'
import type { RecordSink, SinkOptions, TransactionalSink } from '../record-sink.ts'
import type { Position, RecordSource, SourceOptions } from '../record-source.ts'
import type { TopicPartition } from '../record.ts'
import type { StreamClient, TransactionOptions } from '../stream-client.ts'
import type { StreamFailure } from '../stream-failure.ts'
import { askOffsets } from './ask-offsets.ts'
import type { End } from './ask-offsets.ts'
import type { Compression } from './batch/codec.ts'
import { Cluster } from './cluster/cluster.ts'
import type { BrokerAddress } from './connection/open-socket.ts'
import { beatOnThreadOfItsOwn, type StartBeats } from './group/heart.ts'
import { purgeBefore } from './purge.ts'
import { WireRecordSink } from './wire-record-sink.ts'
import { WireRecordSource } from './wire-record-source.ts'
import { WireTransactionalSink } from './wire-transactional-sink.ts'
import { WireStreamGroup } from './wire-stream-group.ts'

/** What a caller may leave out has a default in `resolveWireOptions`. */
export interface GivenWireOptions {
  readonly clientId: string
  readonly clock: Clock
  /** In [0, 1): spreads retries. */
  readonly random: () => number
  readonly compression?: Compression
  /** The size a batch grows to under load. */
  readonly batchBytes?: number
  readonly requestTimeoutMs?: number
  /** How long a call sits out a cluster that is away before it says `retry`. */
  readonly patienceMs?: number
  /** How long a broker holds a fetch that finds nothing. */
  readonly fetchWaitMs?: number
  /** Most bytes asked for in one fetch; as many again may wait for a poll. */
  readonly fetchBytes?: number
  /** Where to connect for an address that the cluster names: a tunnel may stand in between. */
  readonly route?: (address: BrokerAddress) => BrokerAddress
  /** Where members beat; left out: each on a thread of its own. */
  readonly startBeats?: StartBeats
}

type WireOptions = Required<GivenWireOptions>

function resolveWireOptions(given: GivenWireOptions): WireOptions {
  return {
    compression: 'none',
    batchBytes: 256 * 1024,
    requestTimeoutMs: 30_000,
    patienceMs: 5_000,
    fetchWaitMs: 200,
    fetchBytes: 8 * 1024 * 1024,
    route: (address) => address,
    startBeats: beatOnThreadOfItsOwn,
    ...given,
  }
}

/** The ports of a stream thread on our own wire client: Kafka 2.8 and later. */
export class WireClient implements StreamClient {
  readonly #cluster: Cluster
  readonly #options: WireOptions
  readonly #stopping = new AbortController()
  readonly #groups: WireStreamGroup[] = []

  constructor(address: ClusterAddress, given: GivenWireOptions) {
    const options = resolveWireOptions(given)
    this.#options = options
    this.#cluster = new Cluster({
      bootstrap: address.brokers.map(parseBroker),
      tls: address.tls ?? null,
      clientId: options.clientId,
      clock: options.clock,
      random: options.random,
      route: options.route,
      connectTimeoutMs: 10_000,
      requestTimeoutMs: options.requestTimeoutMs,
      maxResponseBytes: 2 * options.fetchBytes + 128 * 1024 * 1024,
      reconnect: { firstMs: 50, ceilingMs: 1000 },
    })
  }

  openSource(options: SourceOptions): RecordSource {
    const { fetchWaitMs, fetchBytes } = this.#options
    // what is fetched ahead stays in memory: two full partitions keep a reader busy until the next answer
    const maxBytes = Math.min(fetchBytes, 2 * options.maxBytesPerPartition)
    return new WireRecordSource(this.#cluster, options, { waitMs: fetchWaitMs, maxBytes })
  }

  openSink({ onRefused }: SinkOptions = {}): RecordSink {
    return new WireRecordSink(this.#cluster, { ...this.#outboxOptions(), onRefused })
  }

  openTransactionalSink(options: TransactionOptions): TransactionalSink {
    const { onRefused } = options
    return new WireTransactionalSink(this.#cluster, options, { ...this.#outboxOptions(), onRefused })
  }

  openGroup(options: GroupOptions): StreamGroup {
    const { patienceMs, startBeats } = this.#options
    const group = new WireStreamGroup(this.#cluster, options, { patienceMs, startBeats })
    this.#groups.push(group)
    return group
  }

  async partitions(topics: readonly string[]): Promise<Result<ReadonlyMap<string, number>, StreamFailure>> {
    const looked = await this.#cluster.refresh(topics, this.#stopping.signal)
    if (!looked.ok) return looked
    const counts = new Map<string, number>()
    for (const topic of topics) {
      const count = this.#cluster.partitionCount(topic)
      if (count !== null) counts.set(topic, count)
    }
    return ok(counts)
  }

  topics(): Promise<Result<readonly string[], StreamFailure>> {
    return this.#cluster.topicNames(this.#stopping.signal)
  }

  async offsets(
    partitions: readonly TopicPartition[],
    end: End,
  ): Promise<Result<ReadonlyMap<string, number>, StreamFailure>> {
    if (this.#stopping.signal.aborted) return fail({ kind: 'retry', reason: 'this client was closed' })
    return askOffsets(this.#cluster, { partitions, end }, this.#options.patienceMs, this.#stopping.signal)
  }

  /** Deletes the records before each position, which only a dedicated plan's ACLs allow; elsewhere the answer is `fatal`. */
  purge(positions: readonly Position[]): Promise<Result<void, StreamFailure>> {
    return purgeBefore(this.#cluster, positions, this.#stopping.signal)
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    for (const group of this.#groups) await group.close()
    this.#cluster.close()
  }

  #outboxOptions() {
    const { compression, batchBytes, patienceMs } = this.#options
    return { compression, batchBytes, patienceMs, maxUnderWay: 5 }
  }
}

function parseBroker(text: string): BrokerAddress {
  const at = text.lastIndexOf(':')
  const port = Number(text.slice(at + 1))
  if (at < 1 || !Number.isInteger(port)) throw new Error(`a broker's address must be host:port, and is not: ${text}`)
  return { host: text.slice(0, at), port }
}
