import { fail, ok, type Result } from '../../base/result.ts'
import type { TopicPartition } from '../../kafka/record.ts'
import { sinkTopics } from '../../topology/stream-topics.ts'
import { printTaskId, type TaskId } from '../../topology/task-id.ts'
import { streamTasks } from '../../topology/tasks.ts'
import { textOfPattern } from '../graph/describe-parts.ts'
import { patternSources } from '../graph/pattern-sources.ts'
import { topologyFacts, type SubtopologyFacts } from '../graph/topology-facts.ts'
import type { Topology, WireNames } from '../graph/topology.ts'
import { type Changelog, changelogsOf, ownChangelogs } from './changelogs.ts'
import { unequalTopics } from './unequal-topics.ts'

/** A task before anybody runs it: what it reads. */
export interface PlannedTask {
  readonly id: TaskId
  readonly name: string
  readonly partitions: readonly TopicPartition[]
  /** Where its stores come from; a task without any is stateless to the group. */
  readonly changelogs: readonly Changelog[]
}

/** Every topic that a topology touches, by wire name; of the `listed` topics those that a pattern fits. */
export function topicsOf(topology: Topology, wire: WireNames, listed: readonly string[] = []): readonly string[] {
  const facts = topologyFacts(topology, wire, listed)
  return [
    ...new Set([
      ...facts.flatMap(readTopics),
      ...facts.flatMap(ownChangelogs),
      ...writtenTopics(topology, wire),
      ...[...topology.parts.globalTopics].map((topic) => topology.wireTopic(topic, wire)),
    ]),
  ]
}

/** What `send` may be asked to write to: changelogs, repartition topics and sinks. */
export function writtenTopics(topology: Topology, wire: WireNames): readonly string[] {
  const changelogs = topologyFacts(topology, wire).flatMap(ownChangelogs)
  const sinks = topology.description.subtopologies.flatMap(sinkTopics)
  return [...new Set([...changelogs, ...sinks.map((topic) => topology.wireTopic(topic, wire))])]
}

/**
 * The tasks of a topology on topics as they are, or all that is wrong with the
 * topics, as sentences. Kafka Streams would make what is missing; on Heroku only
 * the operator can, so each sentence names it.
 */
export function planTasks(
  topology: Topology,
  wire: WireNames,
  partitions: ReadonlyMap<string, number>,
): Result<readonly PlannedTask[], readonly string[]> {
  const listed = [...partitions.keys()]
  const facts = topologyFacts(topology, wire, listed)
  const missing = topicsOf(topology, wire).filter((topic) => !partitions.has(topic))
  if (missing.length > 0) return fail(missing.map((topic) => sentenceOfMissing(topic, facts)))
  const contested = contestedTopics(topology, wire, listed)
  if (contested.length > 0) return fail(contested)
  const known = factsOf(topology, wire, partitions)
  const counted = streamTasks(topology.description, known)
  const mistakes = [
    ...unequalTopics(topology, wire, {
      partitions: known.partitions,
      computed: counted.unaligned,
      matches: known.matching,
    }),
    ...wrongInternals(topology, wire, { partitions, repartitions: counted.repartitions }),
  ]
  return mistakes.length > 0 ? fail(mistakes) : ok(facts.flatMap((subtopology) => tasksOf(subtopology, partitions)))
}

function tasksOf(subtopology: SubtopologyFacts, partitions: ReadonlyMap<string, number>): readonly PlannedTask[] {
  const count = taskCount(subtopology, partitions)
  return Array.from({ length: count }, (_, partition) => {
    const id = { subtopology: subtopology.id, partition }
    return {
      id,
      name: printTaskId(id),
      partitions: readTopics(subtopology)
        .filter((topic) => (partitions.get(topic) ?? 0) > partition)
        .map((topic) => ({ topic, partition })),
      changelogs: changelogsOf(subtopology, partition, (topic) => (partitions.get(topic) ?? 0) > partition),
    }
  })
}

function taskCount(subtopology: SubtopologyFacts, partitions: ReadonlyMap<string, number>): number {
  return Math.max(0, ...readTopics(subtopology).map((topic) => partitions.get(topic) ?? 0))
}

const readTopics = ({ sources }: SubtopologyFacts): readonly string[] => sources.map(({ topic }) => topic)

function sentenceOfMissing(topic: string, facts: readonly SubtopologyFacts[]): string {
  const isInternal =
    facts.some((subtopology) => ownChangelogs(subtopology).includes(topic)) ||
    facts.some(({ sources }) => sources.some((source) => source.topic === topic && source.isRepartition))
  return isInternal
    ? `internal topic ${topic} is not there: run \`weir apply\`, which makes it`
    : `topic ${topic} is not there: list it under spec.topics and run \`weir apply\`, or make it with heroku kafka:topics:create`
}

function wrongInternals(
  topology: Topology,
  wire: WireNames,
  {
    partitions,
    repartitions,
  }: {
    readonly partitions: ReadonlyMap<string, number>
    readonly repartitions: ReadonlyMap<string, number | undefined>
  },
): readonly string[] {
  const expected = new Map([...repartitions].map(([topic, count]) => [topology.wireTopic(topic, wire), count]))
  for (const subtopology of topologyFacts(topology, wire, [...partitions.keys()])) {
    // where no topic fits a pattern yet, nobody knows
    const count = taskCount(subtopology, partitions) || undefined
    for (const topic of ownChangelogs(subtopology)) expected.set(topic, count)
  }
  return [...expected].flatMap(([topic, count]) =>
    count === undefined || partitions.get(topic) === count
      ? []
      : [
          `internal topic ${topic} has ${partitions.get(topic)} partitions and needs ${count}: ` +
            'delete it (its state is rebuilt only from what the source topics still hold), then run `weir apply`',
        ],
  )
}

/** What the topology room asks: partitions by the names that `describe()` prints; repartition topics only where set by the app. */
function factsOf(topology: Topology, wire: WireNames, partitions: ReadonlyMap<string, number>) {
  const set = new Map(
    topologyFacts(topology, wire)
      .flatMap(({ sources }) => sources)
      .map(({ topic, partitions: count }) => [topic, count]),
  )
  const described = topology.description.subtopologies
    .flatMap(({ nodes }) => nodes)
    .flatMap((node) => (node.kind === 'source' && !('pattern' in node.topics) ? node.topics : []))
  const known = described.flatMap((topic) => {
    const wireTopic = topology.wireTopic(topic, wire)
    const count = topology.parts.repartitionTopics.has(topic) ? set.get(wireTopic) : partitions.get(wireTopic)
    return count === undefined ? [] : ([[topic, count]] as const)
  })
  const sources = patternSources(topology, wire)
  const plain = (topic: string) => topic.slice(wire.topicPrefix.length)
  const fitting = sources.map(({ pattern, fits }) => [pattern, [...partitions.keys()].filter(fits)] as const)
  const matched = fitting.flatMap(([, topics]) =>
    topics.map((topic) => [plain(topic), partitions.get(topic) ?? 0] as const),
  )
  return {
    partitions: new Map([...known, ...matched]),
    matches: new Map(fitting.map(([pattern, topics]) => [textOfPattern(pattern), topics.map(plain)])),
    matching: (pattern: RegExp) => fitting.find(([other]) => other === pattern)?.[1].map(plain) ?? [],
  }
}

/** A topic has one source: Kafka's `SourceNodeFactory.getTopics`, with its words. */
function contestedTopics(topology: Topology, wire: WireNames, listed: readonly string[]): readonly string[] {
  const sources = patternSources(topology, wire)
  return listed.flatMap((topic) => {
    const [first, second] = sources.filter(({ fits }) => fits(topic)).map(({ pattern }) => textOfPattern(pattern))
    if (first === undefined || second === undefined) return []
    return [
      `Topic ${topic} is already matched for another regex pattern ${first} and hence cannot be matched to this regex ` +
        `pattern ${second} any more.: narrow one of the patterns`,
    ]
  })
}
