import { copartitionGroups } from '../graph/copartition-groups.ts'
import { printCounts } from '../graph/print-counts.ts'
import type { Topology, WireNames } from '../graph/topology.ts'

/** Partitions as they are, by the names that `describe()` prints. */
export interface PartitionCounts {
  /** Of topics that are there. */
  readonly partitions: ReadonlyMap<string, number>
  /** Of repartition topics: as many as the largest source upstream, before they are made to fit what they meet. */
  readonly computed: ReadonlyMap<string, number | undefined>
  readonly matches: (pattern: RegExp) => readonly string[]
}

/**
 * Topics that meet and have not as many partitions as one another: Kafka's `CopartitionedTopicsEnforcer`, with its words, and
 * what to do. Kafka Streams looks only where the topology has a repartition topic; elsewhere it joins what never meets.
 */
export function unequalTopics(topology: Topology, wire: WireNames, counts: PartitionCounts): readonly string[] {
  return copartitionGroups(topology.parts, counts.matches).flatMap((topics) =>
    mistakesOf(topology, wire, topics, counts),
  )
}

function mistakesOf(
  topology: Topology,
  wire: WireNames,
  topics: readonly string[],
  { partitions, computed }: PartitionCounts,
): readonly string[] {
  const { repartitionTopics } = topology.parts
  const named = (chosen: readonly string[], of: ReadonlyMap<string, number | undefined>) =>
    new Map(chosen.map((topic) => [topology.wireTopic(topic, wire), of.get(topic)]))
  const own = topics.filter((topic) => repartitionTopics.has(topic))
  const given = topics.filter((topic) => !repartitionTopics.has(topic))
  const set = own.filter((topic) => repartitionTopics.get(topic)?.partitions !== undefined)
  const setTo = (topic: string) => repartitionTopics.get(topic)?.partitions
  if (given.length === 0)
    return new Set(set.map(setTo)).size > 1
      ? [
          `Following topics do not have the same number of partitions: [${printCounts(named(own, computed))}]: ` +
            'repartition them alike',
        ]
      : []
  const counts = named(given, partitions)
  const [wanted, ...others] = new Set(counts.values())
  if (others.length > 0)
    return [`Topics not co-partitioned: [${printCounts(counts)}]: give joined topics the same number of partitions`]
  return set
    .filter((topic) => setTo(topic) !== wanted)
    .map(
      (topic) =>
        `Number of partitions [${setTo(topic)}] of repartition topic [${topology.wireTopic(topic, wire)}] ` +
        `doesn't match number of partitions [${wanted}] of the source topic.: repartition it into ${wanted}`,
    )
}
