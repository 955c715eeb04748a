import { formatDuration } from '../../base/format-duration.ts'
import type { OperatorSpec } from '../../resource/operators-description.ts'
import type { HandMadeTopic } from './hand-run-app.ts'

const dayMs = 24 * 3_600_000

type Operator = OperatorSpec & { readonly retention?: string; readonly partitions?: number }

interface Surroundings {
  readonly applicationName: string
  /** Topics that are no internal topics. */
  readonly users: readonly HandMadeTopic[]
  /** Source topics, where somebody says which. */
  readonly sources: readonly string[] | undefined
}

/** `<application name>-<store>-changelog`, `<application name>-<name>-repartition`: the names that Kafka Streams gives. */
export function isInternalTopicOf(applicationName: string, topic: string): boolean {
  return topic.startsWith(`${applicationName}-`) && /-(changelog|repartition)$/.test(topic)
}

/**
 * The operators that the internal topics of an app tell of. What each of them
 * reads no topic tells: without `sources` it is taken to be the topics with as many partitions.
 */
export function operatorsOf(
  topics: readonly HandMadeTopic[],
  around: Surroundings,
): { readonly operators: readonly Partial<Operator>[]; readonly notes: readonly string[] } {
  const { applicationName, users } = around
  const own = topics.filter(({ name }) => isInternalTopicOf(applicationName, name))
  const named = own.map((topic) => ({ topic, ...partsOf(topic.name.slice(applicationName.length + 1)) }))
  const names = [...new Set(named.map(({ of }) => of))].toSorted()
  if (names.length === 0) {
    const sources = around.sources ?? users.map(({ name }) => name)
    return { operators: [{ name: applicationName, sources }], notes: guessed(around, 'it keeps no state') }
  }
  const operators = names.map((name) => {
    const topicOf = (kind: string) => named.find((entry) => entry.of === name && entry.kind === kind)?.topic
    return operatorOf(name, { changelog: topicOf('changelog'), repartition: topicOf('repartition') }, around)
  })
  const bare = own.filter(({ name, cleanupPolicy }) => name.endsWith('-changelog') && cleanupPolicy === 'delete')
  return { operators, notes: [...guessed(around, 'no topic tells it'), ...bare.map(({ name }) => uncompacted(name))] }
}

function partsOf(rest: string): { readonly of: string; readonly kind: string } {
  const at = rest.lastIndexOf('-')
  return { of: rest.slice(0, at), kind: rest.slice(at + 1) }
}

interface OwnTopics {
  readonly changelog: HandMadeTopic | undefined
  readonly repartition: HandMadeTopic | undefined
}

function operatorOf(name: string, own: OwnTopics, around: Surroundings): Partial<Operator> {
  const { changelog, repartition } = own
  return {
    name,
    ...(changelog === undefined ? {} : changelogOf(changelog)),
    ...(repartition === undefined ? {} : { repartition: true }),
    ...(repartition?.partitions === undefined ? {} : { partitions: repartition.partitions }),
    sources: around.sources ?? probableSources(own, around.users),
  }
}

/** A windowed store's changelog keeps a day more than the store. */
function changelogOf({ cleanupPolicy, retentionMs = 0 }: HandMadeTopic): Partial<Operator> {
  if (cleanupPolicy === undefined) return {}
  const keepsMs = cleanupPolicy === 'compact' ? 0 : retentionMs - dayMs
  return { changelog: cleanupPolicy, ...(keepsMs > 0 ? { retention: formatDuration(keepsMs) } : {}) }
}

/** Without a repartition topic between, a changelog has as many partitions as what the operator reads. */
function probableSources({ changelog, repartition }: OwnTopics, users: readonly HandMadeTopic[]): readonly string[] {
  const alike = users.filter(({ partitions }) => repartition !== undefined || partitions === changelog?.partitions)
  return (alike.length > 0 ? alike : users).map(({ name }) => name)
}

function guessed({ sources, users }: Surroundings, why: string): readonly string[] {
  if (sources !== undefined || users.length === 1) return []
  return [
    `which topics the app reads is a guess (${why}): correct topology.operators[].sources, say --source TOPIC, or give the whole topology with --describe FILE`,
  ]
}

function uncompacted(topic: string): string {
  return `changelog ${topic} is not compacted: right for the windows of a stream-stream join alone. For a key-value store say changelog: compact, for a windowed one compact,delete; weir plan then shows the change`
}
