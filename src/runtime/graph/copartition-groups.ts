import type { TopologyParts } from './topology-parts.ts'

/** The topics that a group of source nodes reads, as the topology names them; a pattern's are those it matches. */
export function topicsOfSources(
  { nodes }: TopologyParts,
  sources: ReadonlySet<string>,
  matches: (pattern: RegExp) => readonly string[] = () => [],
): readonly string[] {
  return [...sources].flatMap((name) => {
    const node = nodes.get(name)
    if (node?.kind !== 'source') return []
    return node.topics instanceof RegExp ? matches(node.topics) : node.topics
  })
}

/**
 * Topics that must have equally many partitions: what one join asks for and what the next adds to it are one group.
 * Kafka's `InternalTopologyBuilder.copartitionGroups`.
 */
export function copartitionGroups(
  parts: TopologyParts,
  matches: (pattern: RegExp) => readonly string[],
): readonly (readonly string[])[] {
  const groupOf = new Map<string, Set<string>>()
  for (const sources of parts.copartitions) {
    const topics = topicsOfSources(parts, sources, matches)
    const held = topics.map((topic) => groupOf.get(topic)).find((group) => group !== undefined)
    const group = held ?? new Set<string>()
    for (const topic of topics) {
      group.add(topic)
      groupOf.set(topic, group)
    }
  }
  return [...new Set(groupOf.values())].map((group) => [...group])
}
