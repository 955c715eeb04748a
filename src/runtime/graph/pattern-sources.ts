import type { SourceFactory } from './node-factory.ts'
import type { Topology, WireNames } from './topology.ts'
import { wholeTopic } from './whole-topic.ts'

/** A source that reads every topic whose name fits. */
export interface PatternSource {
  readonly factory: SourceFactory
  readonly pattern: RegExp
  /** Whether it reads a topic of the cluster, by its name on the wire. */
  readonly fits: (topic: string) => boolean
}

/**
 * The sources of a topology that have a pattern, or those of some of its nodes. A pattern is for whole names, as in Java, and
 * for names as the topology writes them: without the prefix of a shared cluster, whose other topics it never meets. The
 * topology's own internal topics fit no pattern, though in Kafka Streams they may: a task would read what it writes.
 */
export function patternSources(
  topology: Topology,
  wire: WireNames,
  names: Iterable<string> = topology.parts.nodes.keys(),
): readonly PatternSource[] {
  const { parts } = topology
  const found = [...names].flatMap((name) => {
    const node = parts.nodes.get(name)
    return node?.kind === 'source' && node.topics instanceof RegExp ? [{ factory: node, pattern: node.topics }] : []
  })
  if (found.length === 0) return []
  const own = new Set([
    ...[...parts.repartitionTopics.keys()].map((topic) => topology.wireTopic(topic, wire)),
    ...[...parts.stores.keys()].map((store) => `${wire.applicationId}-${store}-changelog`),
  ])
  return found.map(({ factory, pattern }) => {
    const whole = wholeTopic(pattern)
    const fits = (topic: string) =>
      topic.startsWith(wire.topicPrefix) && !own.has(topic) && whole.test(topic.slice(wire.topicPrefix.length))
    return { factory, pattern, fits }
  })
}

/** Whether what a topology reads depends on what topics there are. */
export function hasPatterns({ parts }: Topology): boolean {
  return [...parts.nodes.values()].some((node) => node.kind === 'source' && node.topics instanceof RegExp)
}
