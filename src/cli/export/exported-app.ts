import { parseDuration } from '../../base/duration.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import { dynosFor } from '../../controller/desired/dynos.ts'
import type { CleanupPolicy } from '../../heroku/kafka-data.ts'
import { declaredTopology } from '../../resource/declared-topology.ts'
import type { StreamAppSummary } from '../../resource/check-stream-app.ts'
import type { StreamApp, TopicSpec } from '../../resource/stream-app.ts'
import type { InternalTopic } from '../../topology/internal-topics.ts'
import { streamTopics } from '../../topology/stream-topics.ts'

/** A StreamApp with everything worked out that another system has to be told. Names without prefix. */
export interface ExportedApp {
  readonly app: StreamApp
  readonly topics: readonly ExportedTopic[]
  readonly sources: readonly string[]
  readonly dynos: number
  /** More than this would have nothing to do. */
  readonly cap: number
}

export interface ExportedTopic {
  readonly name: string
  readonly partitions: number
  readonly cleanupPolicy: CleanupPolicy
  /** Undefined: the other system's own; -1 is Kafka's word for ever. */
  readonly retentionMs: number | undefined
}

/** Fails with every question that is open: another system cannot look at what is there, as Weirkeeper does. */
export function exportedApp(app: StreamApp, summary: StreamAppSummary): Result<ExportedApp, readonly string[]> {
  const topology = declaredTopology(app.spec.topology)
  if (topology?.ok !== true || summary.tasks === undefined || summary.cap === undefined) {
    return fail(['say the topology (topology.describe or operators) and the partitions of every source topic'])
  }
  const topics = [...app.spec.topics.map(userTopic), ...summary.internalTopics.map(internalTopic)]
  const mistakes = topics.flatMap((topic) => (topic.ok ? [] : [topic.error]))
  if (mistakes.length > 0) return fail(mistakes)
  const { sources, repartitions } = streamTopics(topology.value)
  return ok({
    app,
    topics: topics.flatMap((topic) => (topic.ok ? [topic.value] : [])),
    sources: [
      ...sources.filter((name) => !repartitions.includes(name)),
      ...repartitions.map((name) => `${app.spec.applicationName}-${name}`),
    ],
    dynos: dynosFor(app.spec, summary.tasks, []).quantity,
    cap: summary.cap,
  })
}

function userTopic({ name, partitions, retention, cleanupPolicy }: TopicSpec): Result<ExportedTopic, string> {
  if (partitions === undefined) return fail(`say how many partitions topic ${name} has`)
  const read = retention === undefined ? undefined : parseDuration(retention)
  const retentionMs = read?.ok === true ? read.value : undefined
  return ok({ name, partitions, cleanupPolicy: cleanupPolicy ?? 'delete', retentionMs })
}

function internalTopic({ name, partitions, cleanupPolicy, retentionMs }: InternalTopic): Result<ExportedTopic, string> {
  if (partitions === undefined) return fail(`say how many partitions the sources of ${name} have`)
  if (cleanupPolicy === 'uncertain' || retentionMs === 'uncertain') {
    return fail(`say in topology.stores whether the store of ${name} is windowed, and its retention`)
  }
  const forever = retentionMs === 'unlimited' ? -1 : undefined
  return ok({ name, partitions, cleanupPolicy, retentionMs: typeof retentionMs === 'number' ? retentionMs : forever })
}
