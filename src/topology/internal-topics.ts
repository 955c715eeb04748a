import { changelogPolicy, type ChangelogPolicy, type StoreHint } from './changelog-policy.ts'
import type { ProcessorNode, SourceNode, Subtopology, TopologyDescription } from './description.ts'
import { sourceTopics } from './stream-topics.ts'
import { streamTasks } from './tasks.ts'
import type { TopicFacts } from './topic-facts.ts'

/** A topic that Kafka Streams makes for itself, or on a basic plan has to find made. */
export interface InternalTopic {
  /** With the application name, without the cluster's prefix: `word-count-counts-changelog`. */
  readonly name: string
  readonly kind: 'changelog' | 'repartition'
  /** Of a changelog the sub-topology that has the store; of a repartition topic the one that reads it. */
  readonly subtopology: number
  /** Undefined while the partitions of a source topic are unknown. */
  readonly partitions: number | undefined
  readonly cleanupPolicy: ChangelogPolicy['cleanupPolicy']
  readonly retentionMs: ChangelogPolicy['retentionMs'] | 'unlimited'
  /** Of a changelog: the store whose writes it carries. */
  readonly store: string | undefined
  /** Why it is cleaned up this way, in words for people. */
  readonly because: string
}

export interface InternalTopicFacts extends TopicFacts {
  readonly stores: readonly StoreHint[]
  /**
   * `topology.optimization` holds `all` or `reuse.ktable.source.topics`: a table read from a
   * topic is restored from that topic and has no changelog. `describe()` looks the same either way.
   */
  readonly reusesSourceTopics: boolean
}

export function internalTopics(
  description: TopologyDescription,
  applicationName: string,
  facts: InternalTopicFacts,
  tasks = streamTasks(description, facts),
): readonly InternalTopic[] {
  return description.subtopologies.flatMap((subtopology) => [
    ...repartitionsOf(subtopology, tasks.repartitions).map((topic) => ({
      ...topic,
      name: `${applicationName}-${topic.name}`,
    })),
    ...changelogsOf(subtopology, tasks.bySubtopology.get(subtopology.id), facts).map((topic) => ({
      ...topic,
      name: `${applicationName}-${topic.name}`,
    })),
  ])
}

function repartitionsOf(
  subtopology: Subtopology,
  repartitions: ReadonlyMap<string, number | undefined>,
): readonly InternalTopic[] {
  return sourceTopics(subtopology)
    .filter((topic) => repartitions.has(topic))
    .map((name) => ({
      name,
      kind: 'repartition',
      subtopology: subtopology.id,
      partitions: repartitions.get(name),
      cleanupPolicy: 'delete',
      retentionMs: 'unlimited',
      store: undefined,
      because: 'records wait here until the next sub-topology has read them, however long that takes',
    }))
}

function changelogsOf(
  subtopology: Subtopology,
  tasks: number | undefined,
  facts: InternalTopicFacts,
): readonly InternalTopic[] {
  const processors = subtopology.nodes.filter((node) => node.kind === 'processor')
  const stores = [...new Set(processors.flatMap((node) => node.stores))]
  return stores
    .filter((store) => facts.stores.find(({ name }) => name === store)?.logging !== false)
    .filter((store) => !(facts.reusesSourceTopics && tableTopic(subtopology, store) !== undefined))
    .map((store) => {
      const nodes = processors.filter((node) => node.stores.includes(store))
      const policy = changelogPolicy(
        store,
        nodes,
        facts.stores.find(({ name }) => name === store),
      )
      return {
        name: `${store}-changelog`,
        kind: 'changelog',
        subtopology: subtopology.id,
        partitions: tasks,
        store,
        ...policy,
      }
    })
}

/** The topic that `builder.table()` reads into this store, if that is how the store is filled. */
export function tableTopic({ nodes }: Subtopology, store: string): string | undefined {
  const tables = nodes.filter((node) => node.kind === 'processor').filter((node) => node.stores.includes(store))
  for (const table of tables) {
    const source = nodes.filter((node) => node.kind === 'source').find((node) => node.successors.includes(table.name))
    if (source && isTable(table, source)) return 'pattern' in source.topics ? undefined : source.topics[0]
  }
  return undefined
}

/** Generated names, or the `-source` that Kafka Streams adds to a table's own name. */
function isTable(node: ProcessorNode, source: SourceNode): boolean {
  return /^KTABLE-SOURCE-\d{10}$/.test(node.name) || source.name === `${node.name}-source`
}
