import { AssignerProtocol } from 'kafkajs'
import type Cluster from 'kafkajs/src/cluster/index.js'
import type { Broker } from 'kafkajs/src/cluster/index.js'
import { fail, ok, type Result } from '../base/result.ts'
import type {
  AssignMembers,
  CommittedOffsets,
  GroupAssignment,
  GroupMember,
  GroupOffset,
  GroupOptions,
  GroupSubscription,
  Joined,
  StreamGroup,
} from './group.ts'
import { attempt } from './kafkajs-failure.ts'
import type { TopicPartition } from './record.ts'
import type { StreamFailure } from './stream-failure.ts'

/** The name Kafka Streams gives its assignment protocol. */
const protocolName = 'stream'

type JoinAnswer = Awaited<ReturnType<Broker['joinGroup']>>

/** One member, by single requests to the group's coordinator. Heartbeats need the event loop, but nobody's poll (G1). */
export class KafkajsGroup implements StreamGroup {
  readonly #cluster: Cluster
  readonly #options: GroupOptions
  #memberId = ''
  #generation = -1
  #trouble: StreamFailure | undefined
  #heartbeat: NodeJS.Timeout | undefined
  #heardAtMs = 0
  #beating = false

  constructor(cluster: Cluster, options: GroupOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  get trouble(): StreamFailure | undefined {
    return this.#trouble
  }

  async join(
    subscription: GroupSubscription,
    assign: AssignMembers,
    signal: AbortSignal,
  ): Promise<Result<Joined, StreamFailure>> {
    this.#stopHeartbeat()
    const stopped = new AbortController()
    const given = new Promise<Result<Joined, StreamFailure>>((resolve) => {
      const giveUp = () => resolve(fail({ kind: 'retry', reason: 'stopped while joining the group' }))
      signal.addEventListener('abort', giveUp, { once: true, signal: stopped.signal })
    })
    const joined = await Promise.race([this.#joinUntilStable(subscription, assign, signal), given])
    stopped.abort()
    if (joined.ok) {
      this.#trouble = undefined
      this.#startHeartbeat()
    }
    return joined
  }

  /** kafkajs does not ask for stable offsets: it is told what stood before a transaction that has not ended. */
  async committed(partitions: readonly TopicPartition[]): Promise<Result<CommittedOffsets, StreamFailure>> {
    const { groupId } = this.#options
    const answer = await this.#ask((coordinator) =>
      coordinator.offsetFetch({ groupId, topics: byTopic(partitions, ({ partition }) => ({ partition })) }),
    )
    if (!answer.ok) return answer
    const offsets = answer.value.responses.flatMap(({ topic, partitions: all }) =>
      all.map(({ partition, offset, metadata }) => ({
        topic,
        partition,
        offset: Number(offset),
        metadata: metadata ?? '',
      })),
    )
    return ok({ offsets: offsets.filter(({ offset }) => offset >= 0), pending: [] })
  }

  async commit(offsets: readonly GroupOffset[]): Promise<Result<void, StreamFailure>> {
    const { groupId } = this.#options
    const topics = byTopic(offsets, ({ partition, offset, metadata }) => ({
      partition,
      offset: String(offset),
      metadata,
    }))
    const answer = await this.#ask((coordinator) =>
      coordinator.offsetCommit({ groupId, groupGenerationId: this.#generation, memberId: this.#memberId, topics }),
    )
    if (answer.ok) return ok(undefined)
    if (answer.error.kind !== 'retry') this.#trouble = answer.error
    return answer
  }

  async leave(): Promise<void> {
    this.#stopHeartbeat()
    const { groupId } = this.#options
    const memberId = this.#memberId
    if (memberId === '') return
    this.#memberId = ''
    await this.#ask((coordinator) => coordinator.leaveGroup({ groupId, memberId }))
  }

  /** A generation may end before it began: then join again. A member nobody knows any more joins as a new one. */
  async #joinUntilStable(
    subscription: GroupSubscription,
    assign: AssignMembers,
    signal: AbortSignal,
  ): Promise<Result<Joined, StreamFailure>> {
    for (;;) {
      const joined = await this.#joinOnce(subscription, assign)
      if (joined.ok || signal.aborted) return joined
      if (joined.error.kind === 'fenced') this.#memberId = ''
      else if (joined.error.kind !== 'rebalance') return joined
    }
  }

  async #joinOnce(subscription: GroupSubscription, assign: AssignMembers): Promise<Result<Joined, StreamFailure>> {
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options
    const answer = await this.#ask((coordinator) =>
      coordinator.joinGroup({
        groupId,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: rebalanceTimeoutMs,
        memberId: this.#memberId,
        groupProtocols: [{ name: protocolName, metadata: encodeSubscription(subscription) }],
      }),
    )
    if (!answer.ok) return answer
    this.#memberId = answer.value.memberId
    this.#generation = answer.value.generationId
    const leader = answer.value.leaderId === answer.value.memberId
    const assignments = leader ? await this.#assignAll(answer.value, assign) : ok([])
    return assignments.ok ? this.#sync(assignments.value, leader) : assignments
  }

  async #assignAll(
    answer: JoinAnswer,
    assign: AssignMembers,
  ): Promise<Result<readonly { memberId: string; memberAssignment: Buffer }[], StreamFailure>> {
    const assigned = await assign(answer.members.map(decodeMember))
    if (!assigned.ok) return assigned
    return ok(
      [...assigned.value].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: encodeAssignment(assignment),
      })),
    )
  }

  async #sync(
    groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[],
    leader: boolean,
  ): Promise<Result<Joined, StreamFailure>> {
    const memberId = this.#memberId
    const generation = this.#generation
    const answer = await this.#ask((coordinator) =>
      coordinator.syncGroup({ groupId: this.#options.groupId, generationId: generation, memberId, groupAssignment }),
    )
    if (!answer.ok) return answer
    return ok({ memberId, generation, leader, assignment: decodeAssignment(answer.value.memberAssignment) })
  }

  #startHeartbeat(): void {
    this.#stopHeartbeat()
    this.#heardAtMs = Date.now()
    this.#heartbeat = setInterval(() => void this.#beat(), this.#options.heartbeatIntervalMs)
  }

  #stopHeartbeat(): void {
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
  }

  async #beat(): Promise<void> {
    const { groupId, sessionTimeoutMs } = this.#options
    const generation = this.#generation
    if (this.#beating) return
    this.#beating = true
    const answer = await this.#ask((coordinator) =>
      coordinator.heartbeat({ groupId, groupGenerationId: generation, memberId: this.#memberId }),
    )
    this.#beating = false
    if (this.#heartbeat === undefined || generation !== this.#generation) return
    if (answer.ok) this.#heardAtMs = Date.now()
    else if (answer.error.kind !== 'retry') this.#trouble = answer.error
    else if (Date.now() - this.#heardAtMs > sessionTimeoutMs)
      this.#trouble = {
        kind: 'fenced',
        reason: `no heartbeat was answered for ${sessionTimeoutMs} ms: ${answer.error.reason}`,
      }
  }

  /** A coordinator that moved is asked for anew by the next call: kafkajs keeps none. */
  async #ask<T>(call: (coordinator: Broker) => Promise<T>): Promise<Result<T, StreamFailure>> {
    return attempt(async () => {
      await this.#cluster.connect()
      await this.#cluster.refreshMetadataIfNecessary()
      return call(await this.#cluster.findGroupCoordinator({ groupId: this.#options.groupId }))
    })
  }
}

function byTopic<P extends TopicPartition, T>(
  partitions: readonly P[],
  convert: (partition: P) => T,
): { topic: string; partitions: T[] }[] {
  return [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, all]) => ({
    topic,
    partitions: all.map(convert),
  }))
}

function encodeSubscription({ topics, userData }: GroupSubscription): Buffer {
  return AssignerProtocol.MemberMetadata.encode({ version: 0, topics: [...topics], userData: Buffer.from(userData) })
}

function decodeMember({ memberId, memberMetadata }: { memberId: string; memberMetadata: Buffer }): GroupMember {
  const decoded = AssignerProtocol.MemberMetadata.decode(memberMetadata)
  return { memberId, topics: decoded?.topics ?? [], userData: decoded?.userData ?? new Uint8Array() }
}

function encodeAssignment({ partitions, userData }: GroupAssignment): Buffer {
  const assignment = Object.fromEntries(
    byTopic(partitions, ({ partition }) => partition).map(({ topic, partitions: all }) => [topic, all]),
  )
  return AssignerProtocol.MemberAssignment.encode({ version: 0, assignment, userData: Buffer.from(userData) })
}

/** A member that was left out gets no bytes at all. */
function decodeAssignment(bytes: Buffer): GroupAssignment {
  const decoded = bytes.length === 0 ? null : AssignerProtocol.MemberAssignment.decode(bytes)
  if (decoded === null) return { partitions: [], userData: new Uint8Array() }
  const partitions = Object.entries(decoded.assignment).flatMap(([topic, all]) =>
    all.map((partition) => ({ topic, partition })),
  )
  return { partitions, userData: decoded.userData }
}
