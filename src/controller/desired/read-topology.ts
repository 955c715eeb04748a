import { fail, ok, type Result } from '../../base/result.ts'
import type { ClusterTopic } from '../../heroku/kafka-data.ts'
import { declaredTopology, topologyFacts } from '../../resource/declared-topology.ts'
import type { StreamApp, StreamAppSpec } from '../../resource/stream-app.ts'
import type { TopologyDescription } from '../../topology/description.ts'
import type { InternalTopicFacts } from '../../topology/internal-topics.ts'
import { withoutPrefix } from '../../topology/prefix.ts'
import { streamTopics } from '../../topology/stream-topics.ts'
import type { Refusal } from '../plan/plan.ts'

/** The stream graph that the manifest tells of, with topic names as Heroku's API knows them: without prefix. */
export function readTopology({ spec }: StreamApp, prefix: string): Result<TopologyDescription, readonly Refusal[]> {
  const declared = declaredTopology(spec.topology)
  if (declared === undefined) {
    const message =
      'spec.topology.describeFrom is not built yet. Paste what its command prints into spec.topology.describe: heroku run --no-tty -- COMMAND'
    return fail([{ reason: 'NotBuiltYet', message }])
  }
  if (declared.ok) return ok(withoutPrefix(declared.value, prefix))
  return fail(
    declared.error.map(({ line, message }) => ({
      reason: 'TopologyUnclear',
      message: `spec.topology.describe, line ${line}: ${message}`,
    })),
  )
}

/**
 * What the manifest says of topics and stores, and what the cluster adds: the
 * partitions of live topics (one that is still being made has none to tell), and
 * which of them a pattern source reads.
 */
export function readFacts(
  spec: StreamAppSpec,
  description: TopologyDescription,
  live: ReadonlyMap<string, ClusterTopic>,
): InternalTopicFacts {
  const there = [...live.values()].filter(({ partitions }) => partitions > 0)
  const facts = topologyFacts(spec, new Map(there.map(({ name, partitions }) => [name, partitions])))
  const names = [...new Set([...live.keys(), ...spec.topics.map(({ name }) => name)])]
  const users = names.filter((name) => !name.startsWith('__') && !name.startsWith(`${spec.applicationName}-`))
  const matches = streamTopics(description).patterns.flatMap((pattern) => {
    const topics = facts.matches.get(pattern) ?? matching(pattern, users)
    return topics.length === 0 ? [] : [[pattern, topics] as const]
  })
  return { ...facts, matches: new Map(matches) }
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
