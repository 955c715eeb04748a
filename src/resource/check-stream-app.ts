import { internalTopics, type InternalTopic } from '../topology/internal-topics.ts'
import type { TopologyDescription } from '../topology/description.ts'
import { prefixWrittenByHand, withoutPrefix } from '../topology/prefix.ts'
import { streamTopics, type StreamTopics } from '../topology/stream-topics.ts'
import { streamTasks } from '../topology/tasks.ts'
import { dynoCap, usefulSizes } from '../topology/useful-sizes.ts'
import { checkLimits } from './check-limits.ts'
import { checkNames } from './check-names.ts'
import { checkPartitions } from './check-partitions.ts'
import { checkScaling } from './check-scaling.ts'
import { checkStores } from './check-stores.ts'
import { checkStreamsConfig } from './check-streams-config.ts'
import { checkTopology } from './check-topology.ts'
import { topologyFacts } from './declared-topology.ts'
import { placed, type Finding } from './finding.ts'
import type { ManifestMistake } from './manifest-mistake.ts'
import type { StreamAppDocument } from './parse-manifests.ts'
import type { StreamApp } from './stream-app.ts'

/** What follows from a StreamApp by arithmetic. Undefined where the partitions of a source topic are unknown. */
export interface StreamAppSummary {
  readonly name: string
  readonly tasks: number | undefined
  /** More dynos than this would have nothing to do. */
  readonly cap: number | undefined
  readonly usefulSizes: readonly number[] | undefined
  readonly internalTopics: readonly InternalTopic[]
}

export interface CheckedStreamApp {
  /** They keep the manifest from being applied. */
  readonly errors: readonly ManifestMistake[]
  readonly warnings: readonly ManifestMistake[]
  readonly summary: StreamAppSummary
}

/** Everything that can be said of a well-formed StreamApp without asking the cluster. */
export function checkStreamApp({ app, source }: StreamAppDocument): CheckedStreamApp {
  const { findings, summary } = findingsOf(app)
  const of = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity).map((finding) => placed(source, finding))
  return { errors: of('error'), warnings: of('warning'), summary }
}

function findingsOf(app: StreamApp): { readonly findings: readonly Finding[]; readonly summary: StreamAppSummary } {
  const { metadata, spec } = app
  const { description: declared, findings: topologyFindings } = checkTopology(spec.topology)
  const always = [...topologyFindings, ...checkStreamsConfig(spec.streams)]
  if (declared === undefined) {
    const findings = [
      ...always,
      ...checkNames(app, [], undefined),
      ...checkScaling(app, undefined),
      ...checkLimits(app, []),
    ]
    return {
      findings,
      summary: { name: metadata.name, tasks: undefined, cap: undefined, usefulSizes: undefined, internalTopics: [] },
    }
  }
  const printed = streamTopics(declared)
  const description = withoutPrefixes(declared, printed)
  const facts = topologyFacts(spec)
  const tasks = streamTasks(description, facts)
  const internal = internalTopics(description, spec.applicationName, facts, tasks)
  const topics = description === declared ? printed : streamTopics(description)
  const findings = [
    ...always,
    ...checkNames(app, internal, printed),
    ...checkPartitions(app, topics, tasks),
    ...checkStores(app, description, internal),
    ...checkScaling(app, tasks.total),
    ...checkLimits(app, internal),
  ]
  return { findings, summary: summaryOf(app, tasks.total, internal) }
}

/** What is counted offline is what a plan will count: it takes the cluster's prefix off. */
function withoutPrefixes(description: TopologyDescription, { sources, sinks }: StreamTopics): TopologyDescription {
  const prefixes = new Set([...sources, ...sinks].flatMap((name) => prefixWrittenByHand(name) ?? []))
  return [...prefixes].reduce(withoutPrefix, description)
}

function summaryOf(
  { metadata, spec }: StreamApp,
  tasks: number | undefined,
  internal: readonly InternalTopic[],
): StreamAppSummary {
  const { threads } = spec.streams
  return {
    name: metadata.name,
    tasks,
    cap: tasks === undefined ? undefined : dynoCap(tasks, threads),
    usefulSizes: tasks === undefined ? undefined : usefulSizes(tasks, threads),
    internalTopics: internal,
  }
}
