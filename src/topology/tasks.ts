import { copartitionGroups, type CopartitionGroup } from './copartition.ts'
import type { TopologyDescription } from './description.ts'
import { countRepartitions } from './repartition-partitions.ts'
import { inputsOf, type TopicFacts } from './topic-facts.ts'

export interface StreamTasks {
  /** By sub-topology; undefined where the partitions of a source are unknown. */
  readonly bySubtopology: ReadonlyMap<number, number | undefined>
  readonly total: number | undefined
  readonly repartitions: ReadonlyMap<string, number | undefined>
  /** The same before they were aligned with what they are joined with. */
  readonly unaligned: ReadonlyMap<string, number | undefined>
  /** Repartition topics for which Kafka Streams may come to another number, by the order in which it happens to count. */
  readonly ambiguous: readonly string[]
  /** Topics (and patterns) whose partitions nobody told, but which the answer needs. */
  readonly unknown: readonly string[]
  readonly unequal: readonly UnequalPartitions[]
}

/** A group that should have equal partition counts and has not. */
export interface UnequalPartitions extends CopartitionGroup {
  readonly partitions: ReadonlyMap<string, number>
}

/**
 * Counts stream tasks: one per partition of the largest source topic of each
 * sub-topology. Source: Kafka's `DefaultPartitionGrouper` rule and `RepartitionTopics`, 4.3.1.
 */
export function streamTasks(description: TopologyDescription, facts: TopicFacts): StreamTasks {
  const groups = copartitionGroups(description)
  const { counts: repartitions, unaligned, ambiguous } = countRepartitions(description, facts, groups)
  const partitionsOf = (topic: string) =>
    repartitions.has(topic) ? repartitions.get(topic) : facts.partitions.get(topic)

  const bySubtopology = new Map(
    description.subtopologies.map((subtopology) => [
      subtopology.id,
      largest(inputsOf(subtopology, facts).map(partitionsOf)),
    ]),
  )
  return {
    bySubtopology,
    total: sum([...bySubtopology.values()]),
    repartitions,
    unaligned,
    ambiguous,
    unknown: unknownInputs(description, facts, repartitions),
    unequal: groups.flatMap((group) => unequalIn(group, partitionsOf)),
  }
}

function unknownInputs(
  description: TopologyDescription,
  facts: TopicFacts,
  repartitions: StreamTasks['repartitions'],
): readonly string[] {
  const inputs = new Set(description.subtopologies.flatMap((subtopology) => inputsOf(subtopology, facts)))
  return [...inputs].filter((topic) => !repartitions.has(topic) && !facts.partitions.has(topic))
}

function unequalIn(
  group: CopartitionGroup,
  partitionsOf: (topic: string) => number | undefined,
): readonly UnequalPartitions[] {
  const known = group.topics.flatMap((topic) => {
    const partitions = partitionsOf(topic)
    return partitions === undefined ? [] : ([[topic, partitions]] as const)
  })
  const counts = new Set(known.map(([, partitions]) => partitions))
  return counts.size > 1 ? [{ ...group, partitions: new Map(known) }] : []
}

function largest(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce(
    (most, count) => (most === undefined || count === undefined ? undefined : Math.max(most, count)),
    0,
  )
}

function sum(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce((total, count) => (total === undefined || count === undefined ? undefined : total + count), 0)
}
