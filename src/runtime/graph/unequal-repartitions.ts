import { topicsOfSources } from './copartition-groups.ts'
import { printCounts } from './print-counts.ts'
import { TopologyError } from './topology-error.ts'
import type { TopologyParts } from './topology-parts.ts'

/**
 * What meets must lie in equally many partitions, and where the topology sets all of the numbers itself it need not ask a
 * cluster. Kafka's `InternalTopologyBuilder.validateCopartition`, with its words.
 */
export function refuseUnequalRepartitions(parts: TopologyParts): void {
  for (const sources of parts.copartitions) {
    const topics = topicsOfSources(parts, sources)
    const counts = new Map(topics.map((topic) => [topic, parts.repartitionTopics.get(topic)?.partitions]))
    const known = new Set(counts.values())
    if (known.has(undefined) || known.size <= 1) continue
    throw new TopologyError(`Following topics do not have the same number of partitions: [${printCounts(counts)}]`)
  }
}
