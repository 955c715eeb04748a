/**
 * What the operator asks of Kafka itself. Topics and groups are made through
 * Heroku's API; this only looks. Names are wire names, with their prefix. Each call
 * answers within about ten seconds, whatever the cluster does.
 */
export interface KafkaAdmin {
  /** Partition counts of those topics that are there and may be seen. */
  partitions(topics: readonly string[], signal: AbortSignal): Promise<KafkaAnswer<ReadonlyMap<string, number>>>
  group(id: string, signal: AbortSignal): Promise<KafkaAnswer<GroupDescription>>
  /** One entry for each partition of those topics that are there; see `PartitionLag.records`. */
  lag(group: string, topics: readonly string[], signal: AbortSignal): Promise<KafkaAnswer<readonly PartitionLag[]>>
  close(): Promise<void>
}

export type KafkaAnswer<T> = { readonly kind: 'answer'; readonly value: T } | KafkaFailure

/** Why there is no answer, in the terms that change what is done next. `message` is for people and says what to do. */
export type KafkaFailure =
  | { readonly kind: 'unreachable'; readonly message: string }
  /** One of the two sides does not accept the other's certificate. */
  | { readonly kind: 'certificate'; readonly message: string }
  | { readonly kind: 'unauthorised'; readonly message: string }

/** A group as Kafka's DescribeGroups names its states; `Dead` is also the answer for a group that nobody has joined yet. */
export interface GroupDescription {
  readonly state: 'Stable' | 'Empty' | 'Dead' | 'PreparingRebalance' | 'CompletingRebalance' | 'Unknown'
  readonly members: readonly GroupMember[]
}

export interface GroupMember {
  readonly id: string
  readonly clientId: string
  readonly host: string
}

export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  /** The next offset that the group will read, or null where it has committed none. */
  readonly committed: number | null
  /**
   * Records that wait for the group. Unknown where it has committed nothing and
   * there are records: whether it will read them depends on its `auto.offset.reset`.
   */
  readonly records: number | 'unknown'
}

/** `start` is the oldest offset still there, `end` the next one to be written. */
export function recordsWaiting(committed: number | null, start: number, end: number): number | 'unknown' {
  if (committed !== null) return Math.max(0, end - Math.max(committed, start))
  return end === start ? 0 : 'unknown'
}

/** The lag of all partitions together; unknown as soon as one is. */
export function totalLag(partitions: readonly PartitionLag[]): number | 'unknown' {
  let total = 0
  for (const { records } of partitions) {
    if (records === 'unknown') return 'unknown'
    total += records
  }
  return total
}
