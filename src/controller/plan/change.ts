import { unreachable } from '../../base/unreachable.ts'
import type { CleanupPolicy } from '../../heroku/kafka-data.ts'

/** Whose topic it is: a user's (sources and sinks that the manifest keeps), or Kafka Streams' own. */
export type TopicRole = 'user' | 'changelog' | 'repartition'

/** One step from observed to desired: plain data, to be printed, stored, compared and carried out. Names without prefix. */
export type Change =
  | { readonly kind: 'create-topic'; readonly role: TopicRole; readonly name: string; readonly after: NewTopicState }
  | {
      readonly kind: 'configure-topic'
      readonly role: TopicRole
      readonly name: string
      readonly before: ObservedTopicState
      readonly after: TopicState
    }
  | { readonly kind: 'create-group'; readonly name: string }
  | { readonly kind: 'set-config-vars'; readonly app: string; readonly vars: readonly ConfigVarChange[] }
  | {
      readonly kind: 'scale'
      readonly app: string
      readonly type: string
      readonly before: FormationState
      readonly after: FormationState
    }
  | { readonly kind: 'delete-topic'; readonly role: TopicRole; readonly name: string }
  | { readonly kind: 'delete-group'; readonly name: string }

export interface TopicState {
  readonly cleanupPolicy: CleanupPolicy
  /** Null: kept for ever. */
  readonly retentionMs: number | null
}

/** A live topic may have a policy that no manifest can ask for. */
export interface ObservedTopicState {
  readonly cleanupPolicy: CleanupPolicy | 'other'
  readonly retentionMs: number | null
}

interface NewTopicState extends TopicState {
  readonly partitions: number
}

/** Null before: it is not set. Null after: it is unset. */
export interface ConfigVarChange {
  readonly name: string
  readonly before: string | null
  readonly after: string | null
}

export interface FormationState {
  readonly quantity: number
  readonly size: string
}

/** What a change does to what runs, worst last. */
export const changeClasses = ['safe', 'rebalance', 'restart', 'data-loss'] as const
export type ChangeClass = (typeof changeClasses)[number]

export function classOf(change: Change): ChangeClass {
  switch (change.kind) {
    case 'create-topic':
    case 'create-group':
      return 'safe'
    case 'configure-topic':
      return forgets(change) ? 'data-loss' : 'safe'
    case 'set-config-vars':
      return 'restart'
    case 'scale':
      return sameSize(change.before.size, change.after.size) ? 'rebalance' : 'restart'
    case 'delete-topic':
    case 'delete-group':
      return 'data-loss'
    default:
      return unreachable(change)
  }
}

/** Heroku writes `Standard-1X` where people write `standard-1x`. */
export function sameSize(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Whether records that are kept before may be gone after. A changelog holds state by key: compacting it loses none. */
function forgets({ role, before, after }: Extract<Change, { kind: 'configure-topic' }>): boolean {
  const compacts = after.cleanupPolicy !== 'delete' && before.cleanupPolicy === 'delete'
  return (compacts && role !== 'changelog') || keptMs(after) < keptMs(before)
}

function keptMs({ cleanupPolicy, retentionMs }: ObservedTopicState): number {
  return cleanupPolicy === 'compact' ? Infinity : (retentionMs ?? Infinity)
}
