import { formatDuration } from '../../base/format-duration.ts'
import type { Cluster, ClusterTopic } from '../../heroku/kafka-data.ts'
import type { DesiredTopic } from '../desired/desired.ts'
import type { Change, ObservedTopicState, TopicState } from './change.ts'
import type { AwaitedTopic, Refusal, Warning } from './plan.ts'

export interface TopicsPlan {
  readonly changes: readonly Change[]
  readonly awaited: readonly AwaitedTopic[]
  readonly refusals: readonly Refusal[]
  readonly warnings: readonly Warning[]
}

/** A repartition topic that keeps a week is left as it is: only an outage longer than that would lose anything. */
const longEnoughMs = 7 * 24 * 3_600_000

/**
 * What must change for every desired topic to be as asked. Topics that no
 * manifest names are left alone. Where `cluster` is null (nothing was known to
 * be needed yet), what it would say is taken as unlimited: such a plan tells
 * whether the cluster must be asked, and is then made again.
 */
export function planTopics(
  desired: readonly DesiredTopic[],
  topics: ReadonlyMap<string, ClusterTopic>,
  cluster: Cluster | null,
): TopicsPlan {
  const plans = desired.map((topic) => planTopic(topic, topics.get(topic.name), cluster))
  return {
    changes: plans.flatMap((plan) => plan.changes),
    awaited: plans.flatMap((plan) => plan.awaited),
    refusals: plans.flatMap((plan) => plan.refusals),
    warnings: plans.flatMap((plan) => plan.warnings),
  }
}

function planTopic(topic: DesiredTopic, live: ClusterTopic | undefined, cluster: Cluster | null): TopicsPlan {
  const { name, role, partitions } = topic
  if (live === undefined) {
    const after = { partitions, ...stateOf(topic, undefined, cluster) }
    return {
      changes: [{ kind: 'create-topic', role, name, after }],
      awaited: [{ name, partitions, cleanupPolicy: after.cleanupPolicy }],
      refusals: [],
      warnings: shortened(topic, after),
    }
  }
  if (live.isGoing) return { changes: [], awaited: [], refusals: [going(name)], warnings: [] }
  // Made a moment ago, by an apply that was cut short perhaps: it is waited for, and judged once it is there.
  if (live.partitions === 0) return { changes: [], awaited: [{ name, partitions }], refusals: [], warnings: [] }
  const after = stateOf(topic, live, cluster)
  const before = { cleanupPolicy: live.cleanupPolicy, retentionMs: live.retentionMs }
  const refusals = partitionRefusal(topic, live)
  if (isAsAsked(topic, before, after)) return { changes: [], awaited: [], refusals, warnings: [] }
  return {
    changes: [{ kind: 'configure-topic', role, name, before, after }],
    awaited: [{ name, partitions: live.partitions, cleanupPolicy: after.cleanupPolicy }],
    refusals,
    warnings: [],
  }
}

function stateOf(topic: DesiredTopic, live: ClusterTopic | undefined, cluster: Cluster | null): TopicState {
  const kept = live?.cleanupPolicy === 'other' ? undefined : live?.cleanupPolicy
  const cleanupPolicy = topic.cleanupPolicy ?? kept ?? 'delete'
  const retentionMs = cleanupPolicy === 'compact' ? besideCompaction(cluster) : retentionOf(topic, live, cluster)
  return { cleanupPolicy, retentionMs }
}

/**
 * Where a cluster can mix policies, compaction with a retention means `compact,delete`, so none is sent. Where it cannot,
 * a retention means nothing beside compaction, and shared plans were seen to demand one all the same.
 */
function besideCompaction(cluster: Cluster | null): number | null {
  if (cluster === null || cluster.supportsMixedCleanupPolicy || !cluster.shared) return null
  return cluster.limits.maximumRetentionMs
}

function retentionOf(
  { retention }: DesiredTopic,
  live: ClusterTopic | undefined,
  cluster: Cluster | null,
): number | null {
  if (retention.kind === 'exactly') return retention.ms
  // A topic that deletes must name a retention at Heroku, so "for ever" becomes the longest that the cluster allows.
  if (retention.kind === 'longest') return cluster?.limits.maximumRetentionMs ?? null
  return live?.retentionMs ?? cluster?.defaults.retentionMs ?? null
}

function isAsAsked({ cleanupPolicy, retention }: DesiredTopic, before: ObservedTopicState, after: TopicState): boolean {
  if (cleanupPolicy !== undefined && before.cleanupPolicy !== cleanupPolicy) return false
  if (after.cleanupPolicy === 'compact' || retention.kind === 'unmanaged') return true
  if (before.retentionMs === after.retentionMs) return true
  return retention.kind === 'longest' && (before.retentionMs === null || before.retentionMs >= longEnoughMs)
}

function partitionRefusal({ name, role, partitions }: DesiredTopic, live: ClusterTopic): Refusal[] {
  if (live.partitions === partitions) return []
  const wayOut =
    role === 'user'
      ? `say partitions: ${live.partitions} in the manifest, or make a topic of another name and move to it`
      : `nothing of ${name} is needed if the app may start afresh: stop the app, heroku kafka:topics:destroy ${name}, apply again; else ask for the partitions that give ${live.partitions}`
  const message = `topic ${name} has ${live.partitions} partitions and ${partitions} are asked for. On Heroku a topic's partition count never changes: ${wayOut}`
  return [{ reason: 'PartitionsCannotChange', message }]
}

function going(name: string): Refusal {
  const message = `topic ${name} is being deleted. Once it is gone (heroku kafka:topics), apply again, and it is made afresh`
  return { reason: 'TopicGoing', message }
}

function shortened({ name, role, retention }: DesiredTopic, { retentionMs }: TopicState): Warning[] {
  if (role !== 'repartition' || retention.kind !== 'longest' || retentionMs === null) return []
  const message = `repartition topic ${name} keeps ${formatDuration(retentionMs)}, the longest that the plan allows; Kafka Streams would keep it for ever. An app that is down for longer than that loses what lies there`
  return [{ reason: 'RetentionShortened', message }]
}
