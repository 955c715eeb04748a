import type { StreamTopics } from '../topology/stream-topics.ts'
import type { StreamTasks, UnequalPartitions } from '../topology/tasks.ts'
import { error, warning, type Finding } from './finding.ts'
import { mostPartitionsOfATopic } from './plan-limits.ts'
import type { StreamApp } from './stream-app.ts'

/** Partition counts: unknown, too many, not aligned, or of topics that the topology does not touch. */
export function checkPartitions(app: StreamApp, topics: StreamTopics, tasks: StreamTasks): readonly Finding[] {
  return [
    ...tasks.unknown.map((topic) => unknownFinding(app, topics, topic)),
    ...tasks.ambiguous.map((topic) => ambiguousFinding(topic, tasks.repartitions.get(topic))),
    ...tasks.unequal.map((group) => unequalFinding(app, group)),
    ...app.spec.topics.flatMap(({ name, partitions }, index) =>
      partitions !== undefined && partitions > mostPartitionsOfATopic
        ? [
            error(
              `/spec/topics/${index}/partitions`,
              `${name} cannot have ${partitions} partitions: Heroku allows ${mostPartitionsOfATopic} a topic`,
            ),
          ]
        : [],
    ),
    ...untouched(app, topics),
    ...repartitionFindings(app, topics),
  ]
}

function unknownFinding({ spec }: StreamApp, { patterns }: StreamTopics, topic: string): Finding {
  if (patterns.includes(topic)) {
    return warning(
      '/spec/topology',
      `which topics the pattern ${topic} reads is not known`,
      'name them in spec.topology.patterns',
    )
  }
  const listed = spec.topics.findIndex(({ name }) => name === topic)
  const path = listed < 0 ? '/spec/topics' : `/spec/topics/${listed}/name`
  const hint =
    listed < 0
      ? 'add it to spec.topics, or run `weir plan`, which asks the cluster'
      : 'add partitions to it, or run `weir plan`, which asks the cluster'
  return {
    ...warning(path, `partitions of the source topic ${topic} are not known, so neither are its stream tasks`, hint),
    part: listed < 0 ? 'key' : 'value',
  }
}

/** It fails loudly there ("invalid partitions"), but only once the workers start. */
function ambiguousFinding(topic: string, partitions: number | undefined): Finding {
  return warning(
    '/spec/topology',
    `Kafka Streams may want another number of partitions than ${partitions} for ${topic}: it counts before joined topics are aligned`,
    'give the topics that are joined equal partitions, or set the number in the app and in spec.topology.repartitions',
  )
}

function unequalFinding({ spec }: StreamApp, { partitions, nodes, isJoin }: UnequalPartitions): Finding {
  const counts = [...partitions].map(([topic, count]) => `${topic} has ${count}`).join(', ')
  const first = spec.topics.findIndex(({ name }) => partitions.has(name))
  const path = first < 0 ? '/spec/topology' : `/spec/topics/${first}/partitions`
  if (isJoin) {
    return error(
      path,
      `topics that are joined must have equal partitions: ${counts}`,
      'Kafka Streams would refuse to start; give them the same number',
    )
  }
  return warning(
    path,
    `topics that meet in ${nodes.join(', ')} have unequal partitions: ${counts}`,
    'if that is a join, Kafka Streams will refuse to start',
  )
}

function untouched({ spec }: StreamApp, { sources, sinks, patterns, hasRoutedSink }: StreamTopics): readonly Finding[] {
  if (hasRoutedSink || patterns.length > 0) return []
  return spec.topics.flatMap(({ name }, index) =>
    sources.includes(name) || sinks.includes(name)
      ? []
      : [
          warning(
            `/spec/topics/${index}/name`,
            `the topology neither reads nor writes ${name}`,
            `it reads ${sources.join(', ') || 'nothing'} and writes ${sinks.join(', ') || 'nothing'}`,
          ),
        ],
  )
}

function repartitionFindings({ spec }: StreamApp, { repartitions }: StreamTopics): readonly Finding[] {
  return spec.topology.repartitions.flatMap(({ name }, index) =>
    repartitions.includes(name)
      ? []
      : [
          error(
            `/spec/topology/repartitions/${index}/name`,
            `the topology has no repartition topic ${name}`,
            `it has ${repartitions.join(', ') || 'none'}`,
          ),
        ],
  )
}
