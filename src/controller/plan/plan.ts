import type { CleanupPolicy } from '../../heroku/kafka-data.ts'
import type { Change } from './change.ts'

/** Asked for, but not possible or not safe. While there is one, nothing is written. */
export interface Refusal {
  readonly reason: RefusalReason
  /** Says what is wrong and what to do. */
  readonly message: string
}

type RefusalReason =
  | 'AddonMissing'
  | 'AddonNotKafka'
  | 'AddonProvisioning'
  | 'AppMissing'
  | 'AppNotBound'
  | 'AppWithoutRelease'
  | 'ApplicationIdChanged'
  | 'ApplicationIdTaken'
  | 'ConfirmationMissing'
  | 'FormationLimit'
  | 'ManifestInvalid'
  | 'NameCollision'
  | 'NameTooLong'
  | 'NamespaceTokenMissing'
  | 'NotBuiltYet'
  | 'PartitionsCannotChange'
  | 'PlanLimit'
  | 'PrefixDoubled'
  | 'PrefixUnclear'
  | 'ProcessTypeMissing'
  | 'SourceTopicMissing'
  | 'TopicGoing'
  | 'TopologyUnclear'

export interface Warning {
  readonly reason: string
  readonly message: string
}

export interface Plan {
  /** In the order in which they are carried out. */
  readonly changes: readonly Change[]
  /** What must be seen before an app is told of it: what is made or changed now, and what is still being made. */
  readonly awaited: Awaited
  readonly refusals: readonly Refusal[]
  readonly warnings: readonly Warning[]
}

export interface Awaited {
  readonly topics: readonly AwaitedTopic[]
  readonly groups: readonly string[]
  /** Of a deletion: the process types whose dynos must have stopped before anything goes that they use. */
  readonly stopped?: { readonly app: string; readonly types: readonly string[] }
}

export interface AwaitedTopic {
  readonly name: string
  readonly partitions: number
  /** Left out: whatever it is. */
  readonly cleanupPolicy?: CleanupPolicy
}

export const nothingAwaited: Awaited = { topics: [], groups: [] }
