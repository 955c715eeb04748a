import type { CopartitionGroup } from './copartition.ts'
import type { TopologyDescription } from './description.ts'
import { sinkTopics, streamTopics } from './stream-topics.ts'
import { inputsOf, type TopicFacts } from './topic-facts.ts'

type Counts = Map<string, number | undefined>

export interface RepartitionCounts {
  /** Undefined where the partitions of a source upstream are unknown. */
  readonly counts: ReadonlyMap<string, number | undefined>
  /** The same before they were aligned with what they are joined with. */
  readonly unaligned: ReadonlyMap<string, number | undefined>
  /** Topics for which Kafka Streams may come to another number, by the order in which it happens to count. */
  readonly ambiguous: readonly string[]
}

/**
 * Partitions of every repartition topic: what the application sets, or else the
 * largest source upstream, found round by round since a source upstream may be
 * a repartition topic itself; then aligned with what they are joined with.
 * Source: Kafka's `RepartitionTopics` and `CopartitionedTopicsEnforcer`, 4.3.1.
 * Kafka takes unfinished counts in hash order; here a round waits until all that feeds a
 * topic is counted, and only a circle (foreign-key joins) is broken with what is there.
 */
export function countRepartitions(
  description: TopologyDescription,
  facts: TopicFacts,
  groups: readonly CopartitionGroup[],
): RepartitionCounts {
  const topics = new Set(streamTopics(description).repartitions)
  const upstream = upstreamByTopic(description, facts)
  const counts: Counts = new Map()
  for (const topic of topics) if (facts.partitions.has(topic)) counts.set(topic, facts.partitions.get(topic))
  const isPending = (topic: string) => topics.has(topic) && !counts.has(topic)
  const feeding = (topic: string) => upstream.get(topic) ?? []
  const countOf = (topic: string) => (counts.has(topic) ? counts : facts.partitions).get(topic)

  const settle = (settled: readonly string[]) => {
    const sources = settled.map((topic) => feeding(topic).filter((source) => !isPending(source)))
    settled.forEach((topic, index) => counts.set(topic, largestKnown((sources[index] ?? []).map(countOf))))
  }

  for (let pending = [...topics].filter(isPending); pending.length > 0; pending = pending.filter(isPending)) {
    const before = counts.size
    for (const topic of pending) if (!feeding(topic).some(isPending)) settle([topic])
    if (counts.size > before) continue
    const begun = pending.filter((topic) => !feeding(topic).every(isPending))
    settle(begun.length > 0 ? begun : pending)
  }
  const isFree = (topic: string) => topics.has(topic) && !facts.partitions.has(topic)
  const ambiguous = [...topics].filter((topic) => isFree(topic) && hangsOnOrder(feeding(topic), countOf, isFree))
  const unaligned = new Map(counts)
  for (const group of groups) align(group, counts, facts)
  return { counts, unaligned, ambiguous: ambiguous.filter((topic) => !followsUserTopic(topic, groups, topics)) }
}

/** What is known from the start may be all that Kafka Streams has counted by then, or not. */
function hangsOnOrder(
  feeding: readonly string[],
  countOf: (topic: string) => number | undefined,
  isFree: (topic: string) => boolean,
): boolean {
  const all = new Set(feeding.map(countOf))
  const fixed = feeding.filter((topic) => !isFree(topic)).map(countOf)
  if (feeding.every((topic) => !isFree(topic)) || all.has(undefined)) return false
  return fixed.length === 0 ? all.size > 1 : largestKnown(fixed) !== largestKnown([...all])
}

function followsUserTopic(
  topic: string,
  groups: readonly CopartitionGroup[],
  repartitions: ReadonlySet<string>,
): boolean {
  return groups.some(({ topics }) => topics.includes(topic) && topics.some((other) => !repartitions.has(other)))
}

/** By sink topic: what the sub-topologies that write it read. */
function upstreamByTopic(
  { subtopologies }: TopologyDescription,
  facts: TopicFacts,
): ReadonlyMap<string, readonly string[]> {
  const upstream = new Map<string, readonly string[]>()
  for (const subtopology of subtopologies) {
    const inputs = inputsOf(subtopology, facts)
    for (const topic of new Set(sinkTopics(subtopology)))
      upstream.set(topic, [...(upstream.get(topic) ?? []), ...inputs])
  }
  return upstream
}

function largestKnown(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined)
  return known.length === counts.length && known.length > 0 ? Math.max(...known) : undefined
}

/** Repartition topics follow the user's topics they are joined with; among themselves, a count that is set, or the largest. */
function align({ topics }: CopartitionGroup, counts: Counts, facts: TopicFacts): void {
  const external = topics.filter((topic) => !counts.has(topic))
  const free = topics.filter((topic) => counts.has(topic) && !facts.partitions.has(topic))
  const set = topics.find((topic) => counts.has(topic) && facts.partitions.has(topic))
  const target =
    external.length > 0
      ? external.map((topic) => facts.partitions.get(topic)).find((count) => count !== undefined)
      : set !== undefined
        ? facts.partitions.get(set)
        : largestKnown(free.map((topic) => counts.get(topic)))
  for (const topic of free) counts.set(topic, target)
}
