import type { Seen } from '../observe/glance.ts'
import type { TopicRole } from '../plan/change.ts'
import type { Reason } from './reasons.ts'

/** What was found, in the shape that `status` of a StreamApp has. */
export interface StreamAppStatus {
  readonly conditions: readonly Condition[]
  /** With prefix; null where the cluster could not be seen. */
  readonly applicationId: string | null
  /** Null while the partitions of a source are unknown. */
  readonly tasks: number | null
  readonly dynos: DynoCounts
  /** Everything that this object has made or keeps, for prune and delete. */
  readonly inventory: readonly InventoryItem[]
  /** The process types that it is known to have given dynos, and that may have some yet. */
  readonly ran?: readonly string[]
  /** The address that Heroku tells of the app's changes; left out while it tells none. */
  readonly hears?: string
  /** What a later look can go by at a glance; left out where it cannot. */
  readonly seen?: Seen | undefined
}

export interface DynoCounts {
  readonly desired: number
  readonly cap: number
  /** Dynos that are up. `unknown` where nobody looked or nobody answered: never zero for that. */
  readonly running: number | 'unknown'
}

/**
 * Ready, Reconciling and Stalled as kstatus reads them: Ready says whether all is
 * as asked and seen to be; Reconciling and Stalled are listed only while true.
 */
export interface Condition<Why extends string = Reason> {
  readonly type: ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  /** The same word as in the log. */
  readonly reason: Why
  readonly message: string
}

export type ConditionType =
  | 'Ready'
  | 'Reconciling'
  | 'Stalled'
  | 'TopicsReady'
  | 'GroupReady'
  | 'ConfigApplied'
  | 'Scaled'
  | 'Drifted'

export type InventoryItem =
  | { readonly kind: 'topic'; readonly name: string; readonly role: TopicRole }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'configVar'; readonly app: string; readonly name: string }
  | { readonly kind: 'formation'; readonly app: string; readonly type: string }

/**
 * Kept in an object's status while a pass over it writes to Heroku. Heroku takes no fence with a request, so what a
 * leader had sent before it lost its lease may arrive under the next one; this tells the next one where that may be.
 */
export type Writing = {
  /** The term of the leader that writes. */
  readonly epoch: number
  /** ISO 8601, UTC. */
  readonly since: string
  /** When the first later leader that looked here had begun to lead: that term was over by then. */
  readonly overBy?: string
}
