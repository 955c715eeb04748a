import { fail, ok } from '../../base/result.ts'
import type { Result } from '../../base/result.ts'
import type {
  AssignMembers,
  CommittedOffsets,
  GroupOffset,
  GroupOptions,
  GroupSubscription,
  Joined,
  StreamGroup,
} from '../group.ts'
import type { TopicPartition } from '../record.ts'
import type { StreamFailure } from '../stream-failure.ts'
import type { Api } from './api/api.ts'
import type { CommitResponse } from './api/commit-topics.ts'
import { errorCode } from './api/error-code.ts'
import { joinGroup } from './api/join-group.ts'
import type { JoinedMember } from './api/join-group.ts'
import { leaveGroup } from './api/leave-group.ts'
import { offsetCommit } from './api/offset-commit.ts'
import { offsetFetch } from './api/offset-fetch.ts'
import { syncGroup } from './api/sync-group.ts'
import { byTopic } from './by-topic.ts'
import { MalformedBytes } from './bytes/byte-reader.ts'
import type { Cluster } from './cluster/cluster.ts'
import { failureOfCode } from './cluster/stream-failures.ts'
import { decodeAssignment, decodeMember, encodeAssignment, encodeSubscription } from './group/consumer-protocol.ts'
import { Coordinator } from './group/coordinator.ts'
import { Heart, type StartBeats } from './group/heart.ts'

const protocolType = 'consumer'
/** The name Kafka Streams gives its assignment protocol. */
const protocol = 'stream'

export interface GroupSurroundings {
  /** How long a coordinator that is away, loads or moves is sat out before a call says `retry`. */
  readonly patienceMs: number
  readonly startBeats: StartBeats
}

type Generation = Omit<Joined, 'assignment'> & { readonly members: readonly JoinedMember[] }

/** One member of a group, by the classic protocol; heartbeats are on another thread. */
export class WireStreamGroup implements StreamGroup {
  readonly #cluster: Cluster
  readonly #options: GroupOptions
  readonly #patienceMs: number
  readonly #startBeats: StartBeats
  readonly #coordinator: Coordinator
  #stopping = new AbortController()
  #memberId = ''
  #generation = -1
  #heart: Heart | null = null
  #trouble: StreamFailure | undefined

  constructor(cluster: Cluster, options: GroupOptions, { patienceMs, startBeats }: GroupSurroundings) {
    this.#cluster = cluster
    this.#options = options
    this.#patienceMs = patienceMs
    this.#startBeats = startBeats
    this.#coordinator = new Coordinator(cluster, 'group', options.groupId)
  }

  get trouble(): StreamFailure | undefined {
    return this.#trouble ?? this.#heart?.trouble
  }

  async join(
    subscription: GroupSubscription,
    assign: AssignMembers,
    signal: AbortSignal,
  ): Promise<Result<Joined, StreamFailure>> {
    const stop = AbortSignal.any([signal, this.#stopping.signal])
    // a call that waits for other members is ended with its connection
    const interrupt = (): void => this.#coordinator.interrupt()
    stop.addEventListener('abort', interrupt, { once: true })
    try {
      return await this.#joinUntilStable(subscription, assign, stop)
    } finally {
      stop.removeEventListener('abort', interrupt)
    }
  }

  async committed(partitions: readonly TopicPartition[]): Promise<Result<CommittedOffsets, StreamFailure>> {
    const { groupId } = this.#options
    const topics = byTopic(partitions).map(({ name, partitions: ofTopic }) => ({
      name,
      partitions: ofTopic.map(({ partition }) => partition),
    }))
    const answer = await this.#ask(offsetFetch, { group: groupId, topics }, (response) => [
      response.errorCode,
      ...response.topics.flatMap((each) =>
        each.partitions.filter((one) => !isPending(one)).map((one) => one.errorCode),
      ),
    ])
    if (!answer.ok) return answer
    const fetched = answer.value.topics.flatMap(({ name: topic, partitions: all }) =>
      all.map((one) => ({ topic, ...one })),
    )
    return ok({
      offsets: fetched
        .filter(({ offset }) => offset >= 0)
        .map(({ topic, partition, offset, metadata }) => ({ topic, partition, offset, metadata })),
      pending: fetched.filter(isPending).map(({ topic, partition }) => ({ topic, partition })),
    })
  }

  async commit(offsets: readonly GroupOffset[]): Promise<Result<void, StreamFailure>> {
    const request = { group: this.#options.groupId, ...this.#membership(), instanceId: null, topics: byTopic(offsets) }
    const answer = await this.#ask(offsetCommit, request, commitCodes)
    if (answer.ok) return ok(undefined)
    if (answer.error.kind !== 'retry') this.#trouble = answer.error
    return answer
  }

  async leave(): Promise<void> {
    this.#stopping.abort()
    this.#stopping = new AbortController()
    this.#heart?.stop()
    this.#heart = null
    this.#trouble = undefined
    const { groupId } = this.#options
    const memberId = this.#memberId
    this.#memberId = ''
    if (memberId !== '') {
      const request = { group: groupId, memberId, instanceId: null, reason: 'it stops' }
      const never = new AbortController().signal
      await this.#coordinator.ask((connection) => connection.call(leaveGroup, request, 5_000), 0, never)
    }
    this.#coordinator.interrupt()
  }

  /** Ends the heartbeats without a word to the group: the session runs out. */
  async close(): Promise<void> {
    this.#stopping.abort()
    this.#heart?.stop()
    this.#coordinator.close()
  }

  /** A generation may end before it began: then join again. A member that nobody knows any more joins as a new one. */
  async #joinUntilStable(
    subscription: GroupSubscription,
    assign: AssignMembers,
    signal: AbortSignal,
  ): Promise<Result<Joined, StreamFailure>> {
    for (;;) {
      const joined = await this.#joinOnce(subscription, assign, signal)
      if (signal.aborted) return fail({ kind: 'retry', reason: `stopped while joining group ${this.#options.groupId}` })
      if (joined.ok) this.#trouble = undefined
      if (joined.ok || !['rebalance', 'fenced'].includes(joined.error.kind)) return joined
    }
  }

  async #joinOnce(
    subscription: GroupSubscription,
    assign: AssignMembers,
    signal: AbortSignal,
  ): Promise<Result<Joined, StreamFailure>> {
    const generation = await this.#enter(subscription, signal)
    if (!generation.ok) return generation
    const { leader, members, ...membership } = generation.value
    const assignments = leader ? await assignAll(members, assign) : ok(new Map<string, Uint8Array>())
    if (!assignments.ok) return assignments
    const synced = await this.#sync(assignments.value, signal)
    if (!synced.ok) return synced
    const assignment = readable(() => decodeAssignment(synced.value))
    return assignment.ok ? ok({ ...membership, leader, assignment: assignment.value }) : assignment
  }

  async #enter(subscription: GroupSubscription, signal: AbortSignal): Promise<Result<Generation, StreamFailure>> {
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options
    const protocols = [{ name: protocol, metadata: encodeSubscription(subscription) }]
    const timeouts = { sessionTimeoutMs, rebalanceTimeoutMs }
    const timeoutMs = rebalanceTimeoutMs + this.#cluster.options.requestTimeoutMs
    const what = `joining group ${groupId}`
    return this.#coordinator.ask<Generation>(
      async (connection) => {
        const memberId = this.#memberId
        const request = { group: groupId, ...timeouts, memberId, instanceId: null, protocolType, protocols, reason: '' }
        const answer = await connection.call(joinGroup, request, timeoutMs)
        if (!answer.ok) return answer
        const { errorCode: code, memberId: given, generation, leader, members } = answer.value
        if (code === errorCode.memberIdRequired) {
          this.#memberId = given
          return fail({ kind: 'rebalance', reason: `${what}: got a member id` })
        }
        if (code === errorCode.unknownMemberId) this.#memberId = ''
        if (code !== errorCode.none) return fail(failureOfCode(code, what))
        this.#memberId = given
        this.#generation = generation
        // the leader may take a while to share out the work: the session must not end meanwhile
        this.#heart ??= new Heart(this.#cluster.options, this.#options, this.#startBeats)
        this.#heart.beat(this.#membership())
        return ok({ memberId: given, generation, leader: leader === given, members })
      },
      this.#patienceMs,
      signal,
    )
  }

  #sync(assignments: ReadonlyMap<string, Uint8Array>, signal: AbortSignal): Promise<Result<Uint8Array, StreamFailure>> {
    const { groupId, rebalanceTimeoutMs } = this.#options
    const membership = this.#membership()
    const request = { group: groupId, ...membership, instanceId: null, protocolType, protocol, assignments }
    const timeoutMs = rebalanceTimeoutMs + this.#cluster.options.requestTimeoutMs
    return this.#coordinator.ask<Uint8Array>(
      async (connection) => {
        const answer = await connection.call(syncGroup, request, timeoutMs)
        if (!answer.ok) return answer
        const { errorCode: code, assignment } = answer.value
        if (code === errorCode.unknownMemberId) this.#memberId = ''
        return code === errorCode.none ? ok(assignment) : fail(failureOfCode(code, `joining group ${groupId}`))
      },
      this.#patienceMs,
      signal,
    )
  }

  #membership() {
    return { memberId: this.#memberId, generation: this.#generation }
  }

  /** One call whose answer carries codes: the first that is none decides. */
  #ask<Request, Response extends { readonly throttleMs: number }>(
    api: Api<Request, Response>,
    request: Request,
    codesOf: (response: Response) => readonly number[],
  ): Promise<Result<Response, StreamFailure>> {
    const { groupId } = this.#options
    return this.#coordinator.ask(
      async (connection) => {
        const answer = await connection.call(api, request)
        if (!answer.ok) return answer
        const code = codesOf(answer.value).find((each) => each !== errorCode.none)
        return code === undefined ? answer : fail(failureOfCode(code, `${api.name} of group ${groupId}`))
      },
      this.#patienceMs,
      this.#stopping.signal,
    )
  }
}

const commitCodes = ({ topics }: CommitResponse): readonly number[] =>
  topics.flatMap(({ partitions }) => partitions.map((each) => each.errorCode))

const isPending = ({ errorCode: code }: { readonly errorCode: number }): boolean =>
  code === errorCode.unstableOffsetCommit

async function assignAll(
  members: readonly JoinedMember[],
  assign: AssignMembers,
): Promise<Result<ReadonlyMap<string, Uint8Array>, StreamFailure>> {
  const decoded = readable(() => members.map(decodeMember))
  if (!decoded.ok) return decoded
  const assigned = await assign(decoded.value)
  if (!assigned.ok) return assigned
  return ok(new Map([...assigned.value].map(([memberId, each]) => [memberId, encodeAssignment(each)])))
}

/** What other members wrote: another program may have joined the same group. */
function readable<Value>(read: () => Value): Result<Value, StreamFailure> {
  try {
    return ok(read())
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error
    const reason = `a member of the group does not speak the consumer protocol: ${error.message}`
    return fail({ kind: 'fatal', reason, whatToDo: 'use a group id that no other program uses' })
  }
}
