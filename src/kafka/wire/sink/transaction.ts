import { fail, ok } from '../../../base/result.ts'
import type { Result } from '../../../base/result.ts'
import type { GroupOffset, Membership } from '../../group.ts'
import type { TransactionOptions } from '../../stream-client.ts'
import type { StreamFailure } from '../../stream-failure.ts'
import type { TopicPartition } from '../../record.ts'
import { addOffsetsToTxn } from '../api/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from '../api/add-partitions-to-txn.ts'
import type { Api } from '../api/api.ts'
import { endTxn } from '../api/end-txn.ts'
import { errorCode } from '../api/error-code.ts'
import { initProducerId } from '../api/init-producer-id.ts'
import { txnOffsetCommit } from '../api/txn-offset-commit.ts'
import { byTopic } from '../by-topic.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { failureOfCode } from '../cluster/stream-failures.ts'
import { Coordinator } from '../group/coordinator.ts'
import type { ProducerIdentity } from './lane.ts'

/**
 * The calls of a transaction, each repeated while its coordinator is away or
 * still busy with the last one; the first code that is not `none` decides.
 */
export class Transaction {
  readonly #options: TransactionOptions
  readonly #patienceMs: number
  readonly #signal: AbortSignal
  readonly #coordinator: Coordinator
  readonly #groupCoordinator: Coordinator

  constructor(cluster: Cluster, options: TransactionOptions, patienceMs: number, signal: AbortSignal) {
    this.#options = options
    this.#patienceMs = patienceMs
    this.#signal = signal
    this.#coordinator = new Coordinator(cluster, 'transaction', options.transactionalId)
    this.#groupCoordinator = new Coordinator(cluster, 'group', options.groupId)
  }

  /** A new producer, or the next epoch of `known`. Either ends what was left open, and fences all that came before. */
  async identify(known: ProducerIdentity = unknownProducer): Promise<Result<ProducerIdentity, StreamFailure>> {
    const { transactionalId, timeoutMs } = this.#options
    const request = { transactionalId, transactionTimeoutMs: timeoutMs, ...known }
    const answer = await this.#ask(this.#coordinator, initProducerId, request, (response) => [response.errorCode])
    if (!answer.ok) return answer
    const { producerId, producerEpoch } = answer.value
    return ok({ producerId, producerEpoch })
  }

  addPartitions(
    identity: ProducerIdentity,
    partitions: readonly TopicPartition[],
  ): Promise<Result<unknown, StreamFailure>> {
    const topics = byTopic(partitions).map(({ name, partitions: ofTopic }) => ({
      name,
      partitions: ofTopic.map(({ partition }) => partition),
    }))
    const request = { ...this.#who(identity), topics }
    return this.#ask(this.#coordinator, addPartitionsToTxn, request, (response) =>
      response.topics.flatMap((topic) => topic.partitions.map((each) => each.errorCode)),
    )
  }

  /** Makes the group's offsets part of the transaction, fenced by the member's generation (KIP-447). */
  async addOffsets(
    identity: ProducerIdentity,
    offsets: readonly GroupOffset[],
    membership: Membership,
  ): Promise<Result<unknown, StreamFailure>> {
    const { groupId: group } = this.#options
    const who = this.#who(identity)
    const added = await this.#ask(this.#coordinator, addOffsetsToTxn, { ...who, group }, (one) => [one.errorCode])
    if (!added.ok) return added
    const request = { ...who, ...membership, group, instanceId: null, topics: byTopic(offsets) }
    return this.#ask(this.#groupCoordinator, txnOffsetCommit, request, (response) =>
      response.topics.flatMap((topic) => topic.partitions.map((each) => each.errorCode)),
    )
  }

  end(identity: ProducerIdentity, committed: boolean): Promise<Result<unknown, StreamFailure>> {
    const request = { ...this.#who(identity), committed }
    return this.#ask(this.#coordinator, endTxn, request, (response) => [response.errorCode])
  }

  /** Takes back, without insisting: who comes next ends it anyhow. */
  async endOnce(identity: ProducerIdentity): Promise<void> {
    const request = { ...this.#who(identity), committed: false }
    await this.#coordinator.ask((connection) => connection.call(endTxn, request, 2_000), 0, this.#signal)
  }

  close(): void {
    this.#coordinator.close()
    this.#groupCoordinator.close()
  }

  #who(identity: ProducerIdentity) {
    return { transactionalId: this.#options.transactionalId, ...identity }
  }

  #ask<Request, Response extends { readonly throttleMs: number }>(
    coordinator: Coordinator,
    api: Api<Request, Response>,
    request: Request,
    codesOf: (response: Response) => readonly number[],
  ): Promise<Result<Response, StreamFailure>> {
    const what = `${api.name} of ${this.#options.transactionalId}`
    return coordinator.ask(
      async (connection) => {
        const answer = await connection.call(api, request)
        if (!answer.ok) return answer
        const code = codesOf(answer.value).find((each) => each !== errorCode.none)
        return code === undefined ? answer : fail(failureOfCode(code, what))
      },
      this.#patienceMs,
      this.#signal,
    )
  }
}

const unknownProducer: ProducerIdentity = { producerId: -1, producerEpoch: -1 }
