import type { Backoff } from '../../../base/backoff.ts'
import type { Clock } from '../../../base/clock.ts'
import { fail, ok } from '../../../base/result.ts'
import type { Result } from '../../../base/result.ts'
import type { TopicPartition } from '../../record.ts'
import type { StreamFailure } from '../../stream-failure.ts'
import { errorCode } from '../api/error-code.ts'
import { findCoordinator } from '../api/find-coordinator.ts'
import type { CoordinatorKind } from '../api/find-coordinator.ts'
import { metadata } from '../api/metadata.ts'
import type { MetadataPartition, MetadataResponse } from '../api/metadata.ts'
import type { ConnectionFailure } from '../connection/connection-failure.ts'
import type { Connection, ConnectionOptions } from '../connection/connection.ts'
import type { BrokerAddress } from '../connection/open-socket.ts'
import { failureOfCode, failureOfConnection } from './stream-failures.ts'

import { Lines } from './lines.ts'

export interface ClusterOptions extends ConnectionOptions {
  readonly bootstrap: readonly BrokerAddress[]
  readonly reconnect: Backoff
  readonly route: (address: BrokerAddress) => BrokerAddress
  readonly clock: Clock
  readonly random: () => number
}

export interface Leader {
  readonly nodeId: number
  readonly epoch: number
}

/** The brokers, and who leads what. Whoever made it closes it. */
export class Cluster {
  readonly options: ClusterOptions
  readonly #opened = new Set<Lines>()
  readonly #questions: Lines
  readonly #brokers = new Map<number, BrokerAddress>()
  readonly #topics = new Map<string, ReadonlyMap<number, MetadataPartition>>()
  readonly #topicErrors = new Map<string, number>()
  readonly #wanted = new Set<string>()
  #isClosed = false
  #refreshing: Promise<Result<null, StreamFailure>> | null = null

  constructor(options: ClusterOptions) {
    this.options = options
    this.#questions = this.openLines()
  }

  /** Connections for one user, who closes them; what is open at the end, `close` closes. `allocate` finds room for answers. */
  openLines(allocate?: (lengthBytes: number) => Buffer): Lines {
    const { clock, random, reconnect, route } = this.options
    const connection = allocate === undefined ? this.options : { ...this.options, allocate }
    const options = { connection, clock, random, reconnect, route }
    const lines = new Lines(
      options,
      (nodeId) => this.#brokers.get(nodeId),
      (closed) => this.#opened.delete(closed),
    )
    this.#opened.add(lines)
    return lines
  }

  /** Who leads a partition, as far as is known. */
  leader({ topic, partition }: TopicPartition): Leader | null {
    const known = this.#topics.get(topic)?.get(partition)
    if (known === undefined || known.leaderId < 0) return null
    return { nodeId: known.leaderId, epoch: known.leaderEpoch }
  }

  /** How many partitions a topic has, as far as is known. */
  partitionCount(topic: string): number | null {
    return this.#topics.get(topic)?.size ?? null
  }

  /** Why the last look gave no partitions of a topic, or null. */
  topicFailure(topic: string): StreamFailure | null {
    const code = this.#topicErrors.get(topic)
    return code === undefined ? null : failureOfCode(code, `topic ${topic}`)
  }

  /** Asks who leads `topics`, and all that were asked for before. What one topic lacks is in `topicFailure`. */
  async refresh(topics: Iterable<string>, signal: AbortSignal): Promise<Result<null, StreamFailure>> {
    const known = this.#wanted.size
    for (const topic of topics) this.#wanted.add(topic)
    // a look in progress did not ask for topics that are new
    if (this.#refreshing !== null && this.#wanted.size > known) await this.#refreshing
    this.#refreshing ??= this.#refresh(signal).finally(() => {
      this.#refreshing = null
    })
    return this.#refreshing
  }

  /** Names of all topics that the ACLs let one see, but those of the brokers themselves. */
  async topicNames(signal: AbortSignal): Promise<Result<readonly string[], StreamFailure>> {
    const asked = await this.ask((connection) => connection.call(metadata, { topics: null }), signal)
    if (!asked.ok) return asked
    const seen = asked.value.topics.filter((topic) => topic.errorCode === errorCode.none && !topic.isInternal)
    return ok(seen.map(({ name }) => name))
  }

  /** Forgets a leader that said it is none, so that nothing is sent there before the next look. */
  forgetLeader({ topic, partition }: TopicPartition): void {
    const known = this.#topics.get(topic)?.get(partition)
    if (known === undefined) return
    const rest = new Map(this.#topics.get(topic))
    this.#topics.set(topic, rest.set(partition, { ...known, leaderId: -1 }))
  }

  /** The broker that keeps a group or a transactional id. */
  async coordinator(kind: CoordinatorKind, key: string, signal: AbortSignal): Promise<Result<number, StreamFailure>> {
    const asked = await this.ask((connection) => connection.call(findCoordinator, { kind, key }), signal)
    if (!asked.ok) return asked
    const { errorCode: code, message, nodeId, host, port } = asked.value
    if (code !== errorCode.none) return fail(failureOfCode(code, `coordinator of ${kind} ${key}`, message))
    this.#brokers.set(nodeId, { host, port })
    return ok(nodeId)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  close(): void {
    this.#isClosed = true
    for (const lines of this.#opened) lines.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async #refresh(signal: AbortSignal): Promise<Result<null, StreamFailure>> {
    const topics = [...this.#wanted]
    const asked = await this.ask((connection) => connection.call(metadata, { topics }), signal)
    if (!asked.ok) return asked
    this.#learn(asked.value)
    return ok(null)
  }

  #learn({ brokers, topics }: MetadataResponse): void {
    for (const { nodeId, host, port } of brokers) this.#brokers.set(nodeId, { host, port })
    for (const topic of topics) {
      if (topic.errorCode === errorCode.none) {
        this.#topicErrors.delete(topic.name)
        this.#topics.set(topic.name, new Map(topic.partitions.map((each) => [each.partition, each])))
      } else {
        this.#topicErrors.set(topic.name, topic.errorCode)
        this.#topics.delete(topic.name)
      }
    }
  }

  /** Asks the brokers one after the other, the most reachable first, until one answers. */
  async ask<Response>(
    question: (connection: Connection) => Promise<Result<Response, ConnectionFailure>>,
    signal: AbortSignal,
  ): Promise<Result<Response, StreamFailure>> {
    const addresses = [...this.#brokers.values(), ...this.options.bootstrap]
    const lines = [...new Set(addresses.map((address) => this.#questions.to(address)))]
    let last: StreamFailure = { kind: 'fatal', reason: 'no broker address was given', whatToDo: 'set KAFKA_URL' }
    for (const line of lines.toSorted((one, other) => one.pauseMs() - other.pauseMs())) {
      const connection = await line.connection(signal)
      const answer = connection.ok ? await question(connection.value) : connection
      if (answer.ok) return answer
      last = failureOfConnection(answer.error)
    }
    return fail(last)
  }
}
