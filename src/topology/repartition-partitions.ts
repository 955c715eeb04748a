import type { CopartitionGroup } from './copartition.ts'
import type { TopologyDescription } from './description.ts'
import { sinkTopics, streamTopics } from './stream-topics.ts'
import { inputsOf, type TopicFacts } from './topic-facts.ts'

type Counts = Map<string, number | undefined>

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
): ReadonlyMap<string, number | undefined> {
  const topics = new Set(streamTopics(description).repartitions)
  const upstream = new Map([...topics].map((topic) => [topic, upstreamOf(description, facts, topic)]))
  const counts: Counts = new Map()
  for (const topic of topics) if (facts.partitions.has(topic)) counts.set(topic, facts.partitions.get(topic))
  const isPending = (topic: string) => topics.has(topic) && !counts.has(topic)
  const feeding = (topic: string) => upstream.get(topic) ?? []

  for (let pending = [...topics].filter(isPending); pending.length > 0; pending = pending.filter(isPending)) {
    const ready = pending.filter((topic) => !feeding(topic).some(isPending))
    const begun = pending.filter((topic) => !feeding(topic).every(isPending))
    const next = [ready, begun, pending].find((some) => some.length > 0) ?? []
    const settled = next.map((topic) => {
      const sources = feeding(topic).filter((source) => !isPending(source))
      return [
        topic,
        largestKnown(sources.map((source) => (counts.has(source) ? counts : facts.partitions).get(source))),
      ] as const
    })
    for (const [topic, count] of settled) counts.set(topic, count)
  }
  for (const group of groups) align(group, counts, facts)
  return counts
}

function upstreamOf(description: TopologyDescription, facts: TopicFacts, topic: string): readonly string[] {
  return description.subtopologies
    .filter((subtopology) => sinkTopics(subtopology).includes(topic))
    .flatMap((subtopology) => inputsOf(subtopology, facts))
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
