import { fail, ok, type Result } from '../base/result.ts'
import type { SinkNode, SourceNode, TopologyDescription, TopologyNode } from './description.ts'

/**
 * On a basic plan every topic and group of a tenant carries a prefix on the
 * wire (`yukon-12345.`), while Heroku's API takes names without it. Dedicated
 * plans have none: the prefix is then the empty text.
 */
export function wireName(prefix: string, name: string): Result<string, string> {
  if (prefix !== '' && name.startsWith(prefix)) {
    return fail(
      `${name} already carries the prefix ${prefix}; write ${name.slice(prefix.length)}, the prefix is added for you`,
    )
  }
  return ok(prefix + name)
}

/** The name without prefix, or undefined where the topic carries another one and so belongs to somebody else. */
export function nameFromWire(prefix: string, wire: string): string | undefined {
  return wire.startsWith(prefix) ? wire.slice(prefix.length) : undefined
}

/** A name that was given to the API with the prefix written into it, and then got it once more. */
export function hasDoubledPrefix(prefix: string, wire: string): boolean {
  return prefix !== '' && wire.startsWith(prefix + prefix)
}

/** What looks like a tenant's prefix at the front of a name: a word, a number, a dot. Undefined where nothing does. */
export function prefixWrittenByHand(name: string): string | undefined {
  return /^[a-z]+-\d{3,}\./.exec(name)?.[0]
}

/** The description without the prefix: an app that prefixes its topics itself prints them prefixed. */
export function withoutPrefix(description: TopologyDescription, prefix: string): TopologyDescription {
  const strip = (topic: string) => nameFromWire(prefix, topic) ?? topic
  const stripSource = (node: SourceNode): SourceNode =>
    'pattern' in node.topics ? node : { ...node, topics: node.topics.map(strip) }
  const stripSink = (node: SinkNode): SinkNode =>
    typeof node.topic === 'string' ? { ...node, topic: strip(node.topic) } : node
  const stripNode = (node: TopologyNode): TopologyNode => {
    if (node.kind === 'source') return stripSource(node)
    return node.kind === 'sink' ? stripSink(node) : node
  }
  return {
    subtopologies: description.subtopologies.map(({ id, nodes }) => ({ id, nodes: nodes.map(stripNode) })),
    globalStores: description.globalStores.map((store) => ({ ...store, source: stripSource(store.source) })),
  }
}
