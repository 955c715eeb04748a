import type { ClusterTopic } from '../../heroku/kafka-data.ts'
import type { StreamAppSpec } from '../../resource/stream-app.ts'
import type { TopologyDescription } from '../../topology/description.ts'
import { streamTopics } from '../../topology/stream-topics.ts'
import type { TopicFacts } from '../../topology/topic-facts.ts'

/**
 * Partitions of the topics that the topology reads: what the manifest says, else
 * what the live topic has. A topic that is still being made has told nothing yet.
 */
export function topicFacts(
  spec: StreamAppSpec,
  description: TopologyDescription,
  live: ReadonlyMap<string, ClusterTopic>,
): TopicFacts {
  const partitions = new Map<string, number>()
  for (const { name, partitions: count } of live.values()) if (count > 0) partitions.set(name, count)
  for (const { name, partitions: count } of spec.topics) if (count !== undefined) partitions.set(name, count)
  // An internal topic is named after the application on the cluster, so these names are nobody else's.
  for (const name of streamTopics(description).repartitions) partitions.delete(name)
  for (const { name, partitions: count } of spec.topology.repartitions) partitions.set(name, count)

  const said = new Map(spec.topology.patterns.map(({ pattern, topics }) => [pattern, topics]))
  const names = [...new Set([...live.keys(), ...spec.topics.map(({ name }) => name)])]
  const users = names.filter((name) => !name.startsWith('__') && !name.startsWith(`${spec.applicationName}-`))
  const matches = streamTopics(description).patterns.flatMap((pattern) => {
    const topics = said.get(pattern) ?? matching(pattern, users)
    return topics.length === 0 ? [] : [[pattern, topics] as const]
  })
  return { partitions, matches: new Map(matches) }
}

/** Java's patterns and ours agree on all but rarities; what does not compile here stays unknown, and is asked for. */
function matching(pattern: string, names: readonly string[]): readonly string[] {
  try {
    const whole = new RegExp(`^(?:${pattern})$`, 'u')
    return names.filter((name) => whole.test(name))
  } catch (cause) {
    if (cause instanceof SyntaxError) return []
    throw cause
  }
}
