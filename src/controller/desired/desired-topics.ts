import { parseDuration, type DurationText } from '../../base/duration.ts'
import type { ClusterTopic } from '../../heroku/kafka-data.ts'
import type { TopicSpec } from '../../resource/stream-app.ts'
import type { InternalTopic } from '../../topology/internal-topics.ts'
import type { Refusal, Warning } from '../plan/plan.ts'
import type { DesiredTopic, Retention } from './desired.ts'

export interface TopicWishes {
  readonly topics: readonly DesiredTopic[]
  readonly refusals: readonly Refusal[]
  readonly warnings: readonly Warning[]
}

type LiveTopics = ReadonlyMap<string, ClusterTopic>

const nothing: TopicWishes = { topics: [], refusals: [], warnings: [] }

export function desiredTopics(
  users: readonly TopicSpec[],
  internal: readonly InternalTopic[],
  live: LiveTopics,
): TopicWishes {
  const wishes = [
    ...users.map((topic) => userTopic(topic, live.get(topic.name))),
    ...internal.map((topic) => internalTopic(topic, live.get(topic.name))),
  ]
  return {
    topics: wishes.flatMap(({ topics }) => topics),
    refusals: [...wishes.flatMap(({ refusals }) => refusals), ...collisions(users, internal)],
    warnings: wishes.flatMap(({ warnings }) => warnings),
  }
}

function userTopic(
  { name, partitions, retention, cleanupPolicy }: TopicSpec,
  live: ClusterTopic | undefined,
): TopicWishes {
  const count = partitions ?? live?.partitions ?? 0
  if (count === 0) {
    const message = `topic ${name} does not exist and the manifest does not say how many partitions to make it with: add partitions to it in spec.topics`
    return { ...nothing, refusals: [{ reason: 'SourceTopicMissing', message }] }
  }
  const topic: DesiredTopic = {
    name,
    role: 'user',
    partitions: count,
    retention: retention === undefined ? { kind: 'unmanaged' } : { kind: 'exactly', ms: milliseconds(retention) },
    ...(cleanupPolicy === undefined ? {} : { cleanupPolicy }),
  }
  return { ...nothing, topics: [topic] }
}

/** The schema has checked durations already. */
function milliseconds(text: DurationText): number {
  const read = parseDuration(text)
  if (!read.ok) throw new TypeError(read.error)
  return read.value
}

/**
 * A topic that Kafka Streams would make for itself. Where `describe()` leaves
 * open how it is to be cleaned up, one that is there is kept as it is, and one
 * that is not is not made: a wrong guess loses state long after.
 */
function internalTopic(topic: InternalTopic, live: ClusterTopic | undefined): TopicWishes {
  const { name, kind, partitions, cleanupPolicy } = topic
  if (partitions === undefined) return nothing
  const retention = retentionOf(topic)
  if (cleanupPolicy !== 'uncertain' && retention !== undefined) {
    return { ...nothing, topics: [{ name, role: kind, partitions, cleanupPolicy, retention }] }
  }
  if (live !== undefined) {
    const message = `${question(topic)}. The topic exists and is left as it is (${live.cleanupPolicy})`
    const kept: DesiredTopic = { name, role: kind, partitions, retention: { kind: 'unmanaged' } }
    return { ...nothing, topics: [kept], warnings: [{ reason: 'TopologyUnclear', message }] }
  }
  return { ...nothing, refusals: [{ reason: 'TopologyUnclear', message: question(topic) }] }
}

function retentionOf({ retentionMs }: InternalTopic): Retention | undefined {
  switch (retentionMs) {
    case 'uncertain':
      return undefined
    case 'none':
      return { kind: 'unmanaged' }
    case 'unlimited':
      return { kind: 'longest' }
    default:
      return { kind: 'exactly', ms: retentionMs }
  }
}

function question({ name, store, cleanupPolicy, because }: InternalTopic): string {
  const line = `{ name: ${store ?? name}, windowed: true, retention: 25h }`
  if (cleanupPolicy !== 'uncertain') {
    return `how long changelog ${name} must keep is uncertain (${because}): say the store's retention in spec.topology.stores, such as ${line}`
  }
  return `how changelog ${name} must be cleaned up is uncertain (${because}): add to spec.topology.stores either { name: ${store ?? name}, windowed: false } or ${line}`
}

function collisions(users: readonly TopicSpec[], internal: readonly InternalTopic[]): Refusal[] {
  const own = new Set(internal.map(({ name }) => name))
  return users
    .filter(({ name }) => own.has(name))
    .map(({ name }) => ({
      reason: 'NameCollision',
      message: `topic ${name} of spec.topics is an internal topic of this app, which is worked out and kept anyway: remove it from spec.topics`,
    }))
}
