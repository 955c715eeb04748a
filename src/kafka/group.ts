import type { Result } from '../base/result.ts'
import type { Position } from './record-source.ts'
import type { TopicPartition } from './record.ts'
import type { StreamFailure } from './stream-failure.ts'

/** An offset as the group keeps it: the next one to read, with a text beside it. */
export interface GroupOffset extends Position {
  readonly metadata: string
}

/** What the group has kept of partitions; one that nobody committed for is in neither list. */
export interface CommittedOffsets {
  readonly offsets: readonly GroupOffset[]
  /** In a transaction that has not ended: what the offset is, nobody knows yet (KIP-447). */
  readonly pending: readonly TopicPartition[]
}

/** What a member says when it joins (Kafka's consumer protocol, `Subscription`). */
export interface GroupSubscription {
  readonly topics: readonly string[]
  readonly userData: Uint8Array
}

/** What a member is given (Kafka's consumer protocol, `Assignment`): each member gets its own bytes. */
export interface GroupAssignment {
  readonly partitions: readonly TopicPartition[]
  readonly userData: Uint8Array
}

export interface GroupMember extends GroupSubscription {
  readonly memberId: string
}

/** Which incarnation of a member speaks: what the coordinator fences by. */
export interface Membership {
  readonly memberId: string
  readonly generation: number
}

export interface Joined extends Membership {
  readonly leader: boolean
  readonly assignment: GroupAssignment
}

/** Shares out the work; asked only where this member leads. A member it leaves out gets nothing. */
export type AssignMembers = (
  members: readonly GroupMember[],
) => Promise<Result<ReadonlyMap<string, GroupAssignment>, StreamFailure>>

/**
 * One member of a consumer group (classic protocol, eager: a member may keep what
 * it owns while it joins, and gives up what its new assignment leaves out).
 *
 * Invariants
 *   G1  Between `join` and `leave` heartbeats go out by themselves; no poll is needed for them.
 *   G2  `trouble` is set as soon as the coordinator asks for a new generation or no longer knows the member, and is cleared by `join`.
 *   G3  A commit is made with member and generation: a member that lost its place gets `fenced` or `rebalance`, and nothing is written.
 */
export interface StreamGroup {
  /** Ends with this member's assignment in a new generation; waits for the other members. */
  join(
    subscription: GroupSubscription,
    assign: AssignMembers,
    signal: AbortSignal,
  ): Promise<Result<Joined, StreamFailure>>
  readonly trouble: StreamFailure | undefined
  committed(partitions: readonly TopicPartition[]): Promise<Result<CommittedOffsets, StreamFailure>>
  commit(offsets: readonly GroupOffset[]): Promise<Result<void, StreamFailure>>
  /** Tells the coordinator at once, so that others take over without waiting for the session to end. */
  leave(): Promise<void>
}

export interface GroupOptions {
  readonly groupId: string
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** How long the coordinator waits for a member to join again. */
  readonly rebalanceTimeoutMs: number
}
