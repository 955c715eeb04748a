import { printCounts } from './print-counts.ts'
import { TopologyError } from './topology-error.ts'
import type { TopologyParts } from './topology-parts.ts'

/**
 * What meets must lie in equally many partitions, and where the topology sets all of the numbers itself it need not ask a
 * cluster. Kafka's `InternalTopologyBuilder.validateCopartition`, with its words.
 */
export function refuseUnequalRepartitions({ copartitions, nodes, repartitionTopics }: TopologyParts): void {
  for (const group of copartitions) {
    const topics = [...group].flatMap((name) => {
      const node = nodes.get(name)
      return node?.kind === 'source' && !(node.topics instanceof RegExp) ? node.topics : []
    })
    const counts = new Map(topics.map((topic) => [topic, repartitionTopics.get(topic)?.partitions]))
    if ([...counts.values()].includes(undefined) || new Set(counts.values()).size <= 1) continue
    throw new TopologyError(`Following topics do not have the same number of partitions: [${printCounts(counts)}]`)
  }
}
