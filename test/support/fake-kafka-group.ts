import { fail, ok, type Result } from '../../src/base/result.ts'
import type {
  AssignMembers,
  CommittedOffsets,
  GroupAssignment,
  GroupOffset,
  GroupSubscription,
  Joined,
  Membership,
  StreamGroup,
} from '../../src/kafka/group.ts'
import type { TopicPartition } from '../../src/kafka/record.ts'
import type { StreamFailure } from '../../src/kafka/stream-failure.ts'
import { printTopicPartition } from '../../src/kafka/topic-partition.ts'

interface Joining {
  readonly member: FakeMember
  readonly subscription: GroupSubscription
  readonly assign: AssignMembers
  readonly resolve: (joined: Result<Joined, StreamFailure>) => void
}

/** A group's coordinator: a generation begins when every member that is known has joined. */
export class FakeCoordinator {
  readonly offsets = new Map<string, GroupOffset>()
  /** Whose offset stands in a transaction that has not ended, by `printTopicPartition`. */
  readonly pending = new Set<string>()
  #members = new Set<FakeMember>()
  #joining: Joining[] = []
  #generation = 0
  #ids = 0

  open(rebalanceTimeoutMs: number): FakeMember {
    return new FakeMember(this, rebalanceTimeoutMs)
  }

  async join(entry: Joining, rebalanceTimeoutMs: number): Promise<void> {
    if (entry.member === this.#still) {
      this.#held = () => void this.join(entry, rebalanceTimeoutMs)
      this.leave(entry.member)
      return
    }
    if (entry.member.memberId === '') entry.member.memberId = `member-${(this.#ids += 1)}`
    this.#members.add(entry.member)
    this.#joining.push(entry)
    for (const member of this.#members) if (!this.#hasJoined(member)) member.trouble = rebalance
    if (![...this.#members].every((member) => this.#hasJoined(member))) {
      clearTimeout(this.#late)
      this.#late = setTimeout(() => void this.#begin(), rebalanceTimeoutMs)
      await Promise.resolve()
      return
    }
    await this.#begin()
  }

  #late: NodeJS.Timeout | undefined
  #still: FakeMember | undefined
  #held: (() => void) | undefined

  /**
   * The process of a member will stand still when it joins next: its session ends, and the others go on. What is
   * returned lets it go on, as a member that nobody knows; false if it has not come to a join yet.
   */
  standStill(number: number): () => boolean {
    this.#still = [...this.#members].find((member) => member.memberId === `member-${number}`)
    return () => {
      if (this.#held === undefined || this.#still === undefined) return false
      this.#still.memberId = ''
      this.#still = undefined
      this.#held()
      return true
    }
  }

  leave(member: FakeMember): void {
    if (!this.#members.delete(member)) return
    for (const other of this.#members) other.trouble = rebalance
    if (this.#joining.length > 0 && [...this.#members].every((other) => this.#hasJoined(other))) void this.#begin()
  }

  /** One member's session ended: its process is gone. Members are numbered as they came, from 1. */
  expire(number: number): void {
    const gone = [...this.#members].find((member) => member.memberId === `member-${number}`)
    if (gone === undefined) return
    this.#joining = this.#joining.filter(({ member }) => member !== gone)
    this.leave(gone)
  }

  /** Every member's session ended: their process is gone. */
  expireAll(): void {
    clearTimeout(this.#late)
    this.#members.clear()
    this.#joining = []
  }

  check({ memberId, generation }: Membership): StreamFailure | undefined {
    if (![...this.#members].some((member) => member.memberId === memberId))
      return { kind: 'fenced', reason: 'the coordinator does not know this member' }
    return generation === this.#generation ? undefined : { kind: 'fenced', reason: 'an old generation' }
  }

  #hasJoined(member: FakeMember): boolean {
    return this.#joining.some((entry) => entry.member === member)
  }

  async #begin(): Promise<void> {
    clearTimeout(this.#late)
    const joining = this.#joining
    this.#joining = []
    this.#members = new Set(joining.map(({ member }) => member))
    this.#generation += 1
    const [leader] = joining
    if (leader === undefined) return
    const assigned = await leader.assign(
      joining.map(({ member, subscription }) => ({ ...subscription, memberId: member.memberId })),
    )
    for (const { member, resolve } of joining) {
      if (!assigned.ok) resolve(member === leader.member ? assigned : fail(rebalance))
      else resolve(ok(this.#joined(member, leader.member, assigned.value)))
    }
  }

  #joined(member: FakeMember, leader: FakeMember, assigned: ReadonlyMap<string, GroupAssignment>): Joined {
    const assignment = assigned.get(member.memberId) ?? { partitions: [], userData: new Uint8Array() }
    return { memberId: member.memberId, generation: this.#generation, leader: member === leader, assignment }
  }
}

const rebalance: StreamFailure = { kind: 'rebalance', reason: 'the group makes a new generation' }

export class FakeMember implements StreamGroup {
  memberId = ''
  trouble: StreamFailure | undefined
  readonly #coordinator: FakeCoordinator
  readonly #rebalanceTimeoutMs: number
  #membership: Membership = { memberId: '', generation: -1 }

  constructor(coordinator: FakeCoordinator, rebalanceTimeoutMs: number) {
    this.#coordinator = coordinator
    this.#rebalanceTimeoutMs = rebalanceTimeoutMs
  }

  async join(
    subscription: GroupSubscription,
    assign: AssignMembers,
    signal: AbortSignal,
  ): Promise<Result<Joined, StreamFailure>> {
    const joined = await new Promise<Result<Joined, StreamFailure>>((resolve) => {
      signal.addEventListener('abort', () => resolve(fail({ kind: 'retry', reason: 'stopped while joining' })))
      void this.#coordinator.join({ member: this, subscription, assign, resolve }, this.#rebalanceTimeoutMs)
    })
    if (joined.ok) {
      this.trouble = undefined
      this.#membership = joined.value
    }
    return joined
  }

  async committed(partitions: readonly TopicPartition[]): Promise<Result<CommittedOffsets, StreamFailure>> {
    const { offsets, pending } = this.#coordinator
    const isPending = (partition: TopicPartition) => pending.has(printTopicPartition(partition))
    const settled = partitions.filter((partition) => !isPending(partition))
    return ok({
      offsets: settled.flatMap((partition) => offsets.get(printTopicPartition(partition)) ?? []),
      pending: partitions.filter(isPending),
    })
  }

  async commit(offsets: readonly GroupOffset[]): Promise<Result<void, StreamFailure>> {
    const refused = this.#coordinator.check(this.#membership)
    if (refused !== undefined) {
      this.trouble = refused
      this.memberId = ''
      return fail(refused)
    }
    for (const offset of offsets) this.#coordinator.offsets.set(printTopicPartition(offset), offset)
    return ok(undefined)
  }

  async leave(): Promise<void> {
    this.#coordinator.leave(this)
  }
}
