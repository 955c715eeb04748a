import type { StreamApp } from '../../resource/stream-app.ts'
import type { TopologyDescription } from '../../topology/description.ts'
import { internalTopics, type InternalTopic } from '../../topology/internal-topics.ts'
import { streamTopics } from '../../topology/stream-topics.ts'
import { streamTasks, type StreamTasks } from '../../topology/tasks.ts'
import { inputsOf, type TopicFacts } from '../../topology/topic-facts.ts'
import type { Observed } from '../observe/observed.ts'
import type { Refusal, Warning } from '../plan/plan.ts'
import { streamsConfigVars } from './config-vars.ts'
import type { Desired } from './desired.ts'
import { desiredTopics } from './desired-topics.ts'
import { dynosFor, taskArithmetic } from './dynos.ts'
import { readFacts, readTopology } from './read-topology.ts'

/**
 * What a StreamApp means on the cluster it was matched with. Pure: the same
 * manifest and the same sight give the same answer. What is wrong or doubtful
 * comes along as refusals and warnings; the rest is worked out all the same, so
 * that a person sees everything at once.
 */
export function desire(app: StreamApp, observed: Observed, ran: readonly string[] = []): Desired {
  const { spec } = app
  const topology = readTopology(app, observed.prefix)
  const description = topology.ok ? topology.value : { subtopologies: [], globalStores: [] }
  const facts = readFacts(spec, description, observed.topics)
  const tasks = streamTasks(description, facts)
  const internal = internalTopics(description, spec.applicationName, facts, tasks)
  const topics = desiredTopics(spec.topics, internal, observed.topics)
  const arithmetic = taskArithmetic(tasks.total ?? 0, spec.streams.threads)
  const isCounted = topology.ok && tasks.total !== undefined
  const dynos = dynosFor(spec, arithmetic.tasks, observed.formation)
  return {
    app: spec.app,
    applicationName: spec.applicationName,
    applicationId: `${observed.prefix}${spec.applicationName}`,
    suspended: spec.suspend,
    topics: topics.topics,
    sources: groupTopics(description, facts, internal),
    configVars: streamsConfigVars(`${observed.prefix}${spec.applicationName}`, spec.streams),
    formation: {
      type: spec.process.type,
      quantity: dynos.quantity,
      ...(spec.process.size === undefined ? {} : { size: spec.process.size }),
    },
    formerTypes: ran.filter((type) => type !== spec.process.type),
    tasks: arithmetic,
    refusals: [
      ...(topology.ok ? [] : topology.error),
      ...unknownSources(tasks, app),
      ...unequalJoins(tasks),
      ...topics.refusals,
      ...(isCounted ? dynos.refusals : []),
    ],
    warnings: [...topics.warnings, ...absentTopics(description, facts), ...(isCounted ? dynos.warnings : [])],
  }
}

/** What the group commits offsets for: source topics, and repartition topics under their full names. */
function groupTopics(
  description: TopologyDescription,
  facts: TopicFacts,
  internal: readonly InternalTopic[],
): readonly string[] {
  const { repartitions } = streamTopics(description)
  const sources = description.subtopologies
    .flatMap((subtopology) => inputsOf(subtopology, facts))
    .filter((topic) => !repartitions.includes(topic))
  const between = internal.filter(({ kind }) => kind === 'repartition').map(({ name }) => name)
  return [...new Set([...sources, ...between])]
}

function unknownSources({ unknown }: StreamTasks, { spec }: StreamApp): Refusal[] {
  return unknown
    .filter((topic) => !spec.topics.some(({ name }) => name === topic))
    .map((topic) => ({
      reason: 'SourceTopicMissing',
      message: `the topology reads ${topic}, which does not exist and is not in spec.topics: add { name: ${topic}, partitions: 6 } there, or create it (for a pattern, say spec.topology.patterns)`,
    }))
}

/** Kafka Streams refuses to start on the first kind; of the second it does not know. */
function unequalJoins({ unequal }: StreamTasks): Refusal[] {
  return unequal
    .filter(({ isJoin }) => isJoin)
    .map(({ partitions }) => {
      const counts = [...partitions].map(([topic, count]) => `${topic} has ${count}`).join(', ')
      return {
        reason: 'TopologyUnclear',
        message: `topics that are joined must have as many partitions as one another: ${counts}`,
      }
    })
}

/** Topics that are written, or read into global stores, and that nobody has made: no auto-creation helps at Heroku. */
function absentTopics(description: TopologyDescription, facts: TopicFacts): Warning[] {
  const { sinks } = streamTopics(description)
  const globals = description.globalStores.flatMap(({ source }) => ('pattern' in source.topics ? [] : source.topics))
  return [...new Set([...sinks, ...globals])]
    .filter((topic) => !facts.partitions.has(topic))
    .map((topic) => ({
      reason: 'TopicMissing',
      message: `the topology uses topic ${topic}, which does not exist and is not in spec.topics: the workers will fail on it until somebody makes it`,
    }))
}
