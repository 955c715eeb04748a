import { formatDuration } from '../../base/format-duration.ts'
import type { Cluster, ClusterTopic } from '../../heroku/kafka-data.ts'
import type { Change, TopicState } from './change.ts'
import type { Refusal } from './plan.ts'

type TopicChange = Extract<Change, { readonly kind: 'create-topic' | 'configure-topic' }>

/** What the plan of the add-on does not allow, found before anything is written. All of it at once. */
export function limitRefusals(
  changes: readonly TopicChange[],
  topics: ReadonlyMap<string, ClusterTopic>,
  cluster: Cluster,
): readonly Refusal[] {
  const messages = [
    ...changes.flatMap((change) => retentionMessages(change.name, change.after, cluster)),
    ...changes.flatMap((change) => mixtureMessages(change.name, change.after, cluster)),
    ...partitionMessages(changes, topics, cluster),
    ...topicCountMessages(changes, topics, cluster),
  ]
  return messages.map((message) => ({ reason: 'PlanLimit', message }))
}

function retentionMessages(name: string, { cleanupPolicy, retentionMs }: TopicState, { limits }: Cluster): string[] {
  if (cleanupPolicy === 'compact') return []
  const { minimumRetentionMs: least, maximumRetentionMs: most } = limits
  if (retentionMs === null) return []
  if (least !== null && retentionMs < least) {
    return [
      `topic ${name} would keep ${formatDuration(retentionMs)}; the plan keeps ${formatDuration(least)} at least. Raise its retention`,
    ]
  }
  if (most !== null && retentionMs > most) {
    return [
      `topic ${name} would keep ${formatDuration(retentionMs)}; the plan keeps ${formatDuration(most)} at most. Lower its retention, or take a larger plan`,
    ]
  }
  return []
}

function mixtureMessages(name: string, { cleanupPolicy }: TopicState, cluster: Cluster): string[] {
  if (cleanupPolicy !== 'compact,delete' || cluster.supportsMixedCleanupPolicy) return []
  return [
    `topic ${name} needs compact,delete, and the plan has either compact or delete: say windowed: false of its store in spec.topology.stores (the changelog then grows with every window), or take a plan that has both`,
  ]
}

function partitionMessages(
  changes: readonly TopicChange[],
  topics: ReadonlyMap<string, ClusterTopic>,
  { limits }: Cluster,
): string[] {
  const made = changes.flatMap((change) =>
    change.kind === 'create-topic' ? [{ name: change.name, ...change.after }] : [],
  )
  const perTopic = limits.maximumPartitionsPerTopic ?? Infinity
  const tooMany = made
    .filter(({ partitions }) => partitions > perTopic)
    .map(
      ({ name, partitions }) =>
        `topic ${name} would have ${partitions} partitions; the plan allows ${perTopic} a topic`,
    )

  const used = [...topics.values()].filter(isCounted).reduce((sum, { partitions }) => sum + partitions, 0)
  const added = made.reduce((sum, { partitions }) => sum + partitions, 0)
  const most = limits.maximumPartitions ?? Infinity
  if (added === 0 || used + added <= most) return tooMany
  return [
    ...tooMany,
    `${added} partitions are needed and ${Math.max(0, most - used)} are left of the plan's ${most}. Take fewer partitions for the source topics (every changelog has as many), remove topics, or take a larger plan`,
  ]
}

function topicCountMessages(
  changes: readonly TopicChange[],
  topics: ReadonlyMap<string, ClusterTopic>,
  { limits }: Cluster,
): string[] {
  const used = [...topics.values()].filter(isCounted).length
  const added = changes.filter(({ kind }) => kind === 'create-topic').length
  const most = limits.maximumTopics ?? Infinity
  if (added === 0 || used + added <= most) return []
  return [
    `${added} topics are needed and ${Math.max(0, most - used)} are left of the plan's ${most}. Remove topics, or take a larger plan`,
  ]
}

/** Kafka's own topics are listed, and do not count. */
function isCounted({ name }: ClusterTopic): boolean {
  return !name.startsWith('__')
}
