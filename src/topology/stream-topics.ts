import type { Subtopology, TopologyDescription } from './description.ts'

/** Which topics a topology touches, by role. Names as the application wrote them: no prefix, no application id. */
export interface StreamTopics {
  /** Topics of the user that are read, global tables among them. */
  readonly sources: readonly string[]
  readonly patterns: readonly string[]
  /** Topics of the user that are written. A topic may be source and sink. */
  readonly sinks: readonly string[]
  /** Repartition topics and those of foreign-key joins, which Kafka Streams makes for itself. */
  readonly repartitions: readonly string[]
  /** Some sink chooses its topic per record, so `sinks` is not the whole list. */
  readonly hasRoutedSink: boolean
}

export function streamTopics(description: TopologyDescription): StreamTopics {
  const read = new Set(description.subtopologies.flatMap(sourceTopics))
  const written = new Set(description.subtopologies.flatMap(sinkTopics))
  const isInternal = (topic: string) => hasInternalName(topic) && read.has(topic) && written.has(topic)
  const globals = description.globalStores.flatMap(({ source }) => ('pattern' in source.topics ? [] : source.topics))
  const sinkNodes = description.subtopologies.flatMap(({ nodes }) => nodes).filter((node) => node.kind === 'sink')
  return {
    sources: [...new Set([...read, ...globals])].filter((topic) => !isInternal(topic)),
    patterns: [...new Set(description.subtopologies.flatMap(sourcePatterns))],
    sinks: [...written].filter((topic) => !isInternal(topic)),
    repartitions: [...read].filter(isInternal),
    hasRoutedSink: sinkNodes.some(({ topic }) => typeof topic !== 'string'),
  }
}

/**
 * Kafka Streams ends the names of its own topics so. `describe()` prints them without the
 * application id, so the ending and being both written and read are all there is to tell by.
 * Source: KStreamImpl.REPARTITION_TOPIC_SUFFIX and KTableImpl's TOPIC_SUFFIX of foreign-key joins, 4.3.1.
 */
function hasInternalName(topic: string): boolean {
  return /-repartition$|-subscription-(registration|response)-topic$|^KTABLE-FK-JOIN-SUBSCRIPTION-(REGISTRATION|RESPONSE)-\d{10}-topic$/.test(
    topic,
  )
}

export function sourceTopics({ nodes }: Subtopology): readonly string[] {
  return nodes.flatMap((node) => (node.kind === 'source' && !('pattern' in node.topics) ? node.topics : []))
}

export function sourcePatterns({ nodes }: Subtopology): readonly string[] {
  return nodes.flatMap((node) => (node.kind === 'source' && 'pattern' in node.topics ? [node.topics.pattern] : []))
}

export function sinkTopics({ nodes }: Subtopology): readonly string[] {
  return nodes.flatMap((node) => (node.kind === 'sink' && typeof node.topic === 'string' ? [node.topic] : []))
}
