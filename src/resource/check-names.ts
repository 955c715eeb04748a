import type { InternalTopic } from '../topology/internal-topics.ts'
import { prefixWrittenByHand } from '../topology/prefix.ts'
import { parseTopicName } from '../topology/topic-name.ts'
import type { StreamTopics } from '../topology/stream-topics.ts'
import { error, warning, type Finding } from './finding.ts'
import type { StreamApp } from './stream-app.ts'

/** Kafka's limit for a topic name, and what to leave for the prefix of a basic plan (`columbia-12345.`). */
const longestTopicName = 249
const roomForPrefix = 24

interface Named {
  readonly name: string
  readonly path: string
}

/** Names that Kafka, Heroku or a reader would trip over. */
export function checkNames(
  app: StreamApp,
  internal: readonly InternalTopic[],
  topics: StreamTopics | undefined,
): readonly Finding[] {
  const own = app.spec.topics.map(({ name }, index): Named => ({ name, path: `/spec/topics/${index}/name` }))
  const made = internal.map(({ name }): Named => ({ name, path: '/spec/applicationName' }))
  const application: Named = { name: app.spec.applicationName, path: '/spec/applicationName' }
  return [
    ...[...own, application].flatMap(prefixFinding),
    ...(topics === undefined ? [] : describedPrefixes(app, topics)),
    ...[...own, ...made].flatMap(lengthFinding),
    ...badNames([...own, application]),
    ...repeated(own),
    ...collisions([...own, ...made]),
    ...own.flatMap((topic) => internalWrittenByHand(topic, app, topics)),
  ]
}

function prefixFinding({ name, path }: Named): readonly Finding[] {
  const prefix = prefixWrittenByHand(name)
  if (prefix === undefined) return []
  return [
    error(
      path,
      `${name} has a prefix written into it`,
      `write ${name.slice(prefix.length)}; the prefix is added for you`,
    ),
  ]
}

/** An app that prefixes its topics itself prints them so. A plan takes its own cluster's prefix off, a file cannot know it. */
function describedPrefixes(app: StreamApp, { sources, sinks }: StreamTopics): readonly Finding[] {
  const path = app.spec.topology.describe === undefined ? '/spec/topology/operators' : '/spec/topology/describe'
  return [...new Set([...sources, ...sinks])].flatMap((name) => {
    const prefix = prefixWrittenByHand(name)
    if (prefix === undefined) return []
    const message = `${name} has a prefix written into it, and is taken for ${name.slice(prefix.length)}`
    const hint = `a plan does so where ${prefix} is the prefix of the cluster, and refuses it where not`
    return [withinText(warning(path, message, hint), app, name)]
  })
}

function withinText(finding: Finding, app: StreamApp, name: string): Finding {
  const lines = app.spec.topology.describe?.split('\n') ?? []
  const line = lines.findIndex((text) => text.includes(name))
  if (line < 0) return finding
  const column = (lines[line] ?? '').indexOf(name) + 1
  return { ...finding, within: { line: line + 1, column, endColumn: column + name.length } }
}

function lengthFinding({ name, path }: Named): readonly Finding[] {
  if (name.length > longestTopicName) {
    return [
      error(
        path,
        `topic name ${name} has ${name.length} characters; Kafka takes ${longestTopicName}`,
        'shorten applicationName or the name of the store',
      ),
    ]
  }
  if (name.length > longestTopicName - roomForPrefix) {
    return [
      warning(
        path,
        `topic name ${name} has ${name.length} characters; with the prefix of a basic plan it may pass Kafka's ${longestTopicName}`,
      ),
    ]
  }
  return []
}

/** The schema has checked the letters; what is left are names with a meaning of their own. */
function badNames(names: readonly Named[]): readonly Finding[] {
  return names
    .filter(({ name }) => !parseTopicName(name).ok || name === '__consumer_offsets')
    .map(({ name, path }) => error(path, `${JSON.stringify(name)} is a name that Kafka keeps for itself`))
}

function repeated(own: readonly Named[]): readonly Finding[] {
  return own
    .filter(({ name }, index) => own.findIndex((other) => other.name === name) !== index)
    .map(({ name, path }) => error(path, `topic ${name} is listed twice`, 'keep one of the two'))
}

/** Kafka refuses a topic whose name differs from another's only in dots and underscores: their metrics would be one. */
function collisions(names: readonly Named[]): readonly Finding[] {
  const first = new Map<string, string>()
  return names.flatMap(({ name, path }) => {
    const folded = name.replaceAll('.', '_')
    const other = first.get(folded)
    if (other === undefined) first.set(folded, name)
    if (other === undefined || other === name) return []
    return [
      error(
        path,
        `topic names ${other} and ${name} collide: Kafka takes "." and "_" for the same`,
        'rename one of them',
      ),
    ]
  })
}

/** Internal topics are worked out; listed here, one would be made without the application's name before it. */
function internalWrittenByHand(
  { name, path }: Named,
  app: StreamApp,
  topics: StreamTopics | undefined,
): readonly Finding[] {
  if (topics?.repartitions.includes(name)) {
    return [
      error(
        path,
        `${name} is an internal topic of this topology`,
        'remove it here; to set its partitions use spec.topology.repartitions',
      ),
    ]
  }
  const isOwnInternal = name.startsWith(`${app.spec.applicationName}-`) && /-(changelog|repartition)$/.test(name)
  return isOwnInternal
    ? [error(path, `${name} is an internal topic, which is worked out from the topology`, 'remove it here')]
    : []
}
