import type { StoreFactory } from '../store/store-factory.ts'
import type { SourceFactory } from './node-factory.ts'
import { type PatternSource, patternSources } from './pattern-sources.ts'
import type { Topology, WireNames } from './topology.ts'

/** What a worker must know of a sub-topology to read, assign and restore; all topics by wire name. */
export interface SubtopologyFacts {
  readonly id: number
  readonly sources: readonly SourceTopic[]
  readonly stores: readonly StoreFacts[]
  /** Repartition topics it writes. */
  readonly repartitionSinks: readonly string[]
}

interface SourceTopic {
  readonly topic: string
  readonly isRepartition: boolean
  /** For a repartition topic: a number the topology asks for, instead of as many as the largest source upstream. */
  readonly partitions: number | undefined
  /** Where to begin without a committed offset; undefined leaves it to the configuration. */
  readonly offsetReset: 'earliest' | 'latest' | undefined
}

interface StoreFacts {
  readonly name: string
  /** Undefined where the store has none. */
  readonly changelog: string | undefined
  /** Its changelog is the topic that the table is read from (`reuse.ktable.source.topics`). */
  readonly isSource: boolean
  readonly kind: StoreFactory['kind']
  readonly persistent: boolean
  readonly retentionMs: number | undefined
  readonly keepsDuplicates: boolean
  readonly changelogConfig: Readonly<Record<string, string>>
}

/** Sub-topologies that have tasks, by id. Sources with a pattern read those of the `listed` topics that fit. */
export function topologyFacts(topology: Topology, wire: WireNames, listed: readonly string[] = []): SubtopologyFacts[] {
  const { parts } = topology
  return parts.groups().flatMap((names, id) => {
    if (names.some((name) => parts.isGlobalSource(name))) return []
    const nodes = names.flatMap((name) => parts.nodes.get(name) ?? [])
    const stores = new Set(nodes.flatMap((node) => (node.kind === 'processor' ? [...node.stores] : [])))
    const sinks = nodes.flatMap((node) => (node.kind === 'sink' && typeof node.topic === 'string' ? [node.topic] : []))
    return [
      {
        id,
        sources: [
          ...nodes.flatMap((node) => (node.kind === 'source' ? sourceTopics(topology, node, wire) : [])),
          ...patternSources(topology, wire, names).flatMap((source) => matchedTopics(source, listed)),
        ],
        stores: [...stores].flatMap((name) => storeFacts(topology, name, wire)),
        repartitionSinks: sinks
          .filter((topic) => parts.repartitionTopics.has(topic))
          .map((topic) => topology.wireTopic(topic, wire)),
      },
    ]
  })
}

function sourceTopics(topology: Topology, { topics, offsetReset }: SourceFactory, wire: WireNames): SourceTopic[] {
  if (topics instanceof RegExp) return []
  return topics.map((topic) => {
    const repartition = topology.parts.repartitionTopics.get(topic)
    return {
      topic: topology.wireTopic(topic, wire),
      isRepartition: repartition !== undefined,
      partitions: repartition?.partitions,
      offsetReset,
    }
  })
}

function matchedTopics({ factory, fits }: PatternSource, listed: readonly string[]): SourceTopic[] {
  const { offsetReset } = factory
  return listed.filter(fits).map((topic) => ({ topic, isRepartition: false, partitions: undefined, offsetReset }))
}

function storeFacts(topology: Topology, name: string, wire: WireNames): StoreFacts[] {
  const entry = topology.parts.stores.get(name)
  if (entry === undefined) return []
  const { logged, kind, persistent, retentionMs, keepsDuplicates, changelogConfig } = entry.factory
  const source = topology.parts.changelogOf.get(name)
  const own = logged ? `${wire.applicationId}-${name}-changelog` : undefined
  const changelog = source === undefined ? own : topology.wireTopic(source, wire)
  return [
    {
      name,
      changelog,
      isSource: source !== undefined,
      kind,
      persistent,
      retentionMs,
      keepsDuplicates,
      changelogConfig,
    },
  ]
}
