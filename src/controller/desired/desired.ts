import type { CleanupPolicy } from '../../heroku/kafka-data.ts'
import type { TopicRole } from '../plan/change.ts'
import type { Refusal, Warning } from '../plan/plan.ts'

/** What a StreamApp means on the cluster that it was matched with: names without prefix, every number worked out. */
export interface Desired {
  readonly app: string
  /** Without prefix: what the consumer group is called in Heroku's API. */
  readonly applicationName: string
  /** With prefix: what Kafka and the worker call it. */
  readonly applicationId: string
  /** Nothing is to be changed, whatever differs. */
  readonly suspended: boolean
  readonly topics: readonly DesiredTopic[]
  /** Topics that stream tasks read, without prefix: the group has offsets for these. */
  readonly sources: readonly string[]
  readonly configVars: Readonly<Record<string, string>>
  readonly formation: DesiredFormation
  /** Process types that this StreamApp ran under an earlier `spec.process.type`: they are to have no dyno. */
  readonly formerTypes: readonly string[]
  readonly tasks: TaskArithmetic
  /** What was found wrong or doubtful while working it out. */
  readonly refusals: readonly Refusal[]
  readonly warnings: readonly Warning[]
}

export interface DesiredTopic {
  readonly name: string
  readonly role: TopicRole
  readonly partitions: number
  /** Left out: not managed; a new topic gets `delete`. */
  readonly cleanupPolicy?: CleanupPolicy
  readonly retention: Retention
}

/**
 * `unmanaged`: a new topic gets the cluster's default, an existing one keeps what it has.
 * `longest`: for ever where the cluster allows it, else as long as it allows.
 */
export type Retention =
  | { readonly kind: 'exactly'; readonly ms: number }
  | { readonly kind: 'longest' }
  | { readonly kind: 'unmanaged' }

export interface DesiredFormation {
  readonly type: string
  readonly quantity: number
  /** Left out: not managed. */
  readonly size?: string
}

export interface TaskArithmetic {
  readonly tasks: number
  /** More dynos than this have nothing to do. */
  readonly cap: number
  readonly usefulSizes: readonly number[]
}
