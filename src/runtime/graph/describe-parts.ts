import type {
  ProcessorNode,
  SinkNode,
  SourceNode,
  TopologyDescription,
  TopologyNode,
} from '../../topology/description.ts'
import { unreachable } from '../../base/unreachable.ts'
import type { NodeFactory } from './node-factory.ts'
import { hashOrder, InsertionTree } from './java-order.ts'
import type { TopologyParts } from './topology-parts.ts'

interface Drawn {
  readonly factory: NodeFactory
  /** Nodes of the tree below, itself included; what stands under two parents counts twice. */
  size: number
  readonly predecessors: InsertionTree<Drawn>
  readonly successors: InsertionTree<Drawn>
  readonly connected: Drawn[]
}

/** What `Topology#describe()` tells, in its order. */
export function describeParts(parts: TopologyParts): TopologyDescription {
  const groups = parts.groups().map((names, id) => ({ id, names, drawn: draw(parts, names) }))
  const isGlobal = (names: readonly string[]) => names.some((name) => parts.isGlobalSource(name))
  return {
    subtopologies: groups
      .filter(({ names }) => !isGlobal(names))
      .map(({ id, drawn }) => ({ id, nodes: drawn.toSorted(bySize).map(toNode) })),
    globalStores: groups
      .filter(({ names }) => isGlobal(names))
      .flatMap(({ id, drawn }) => {
        const nodes = drawn.map(toNode)
        const source = nodes.find((node): node is SourceNode => node.kind === 'source')
        const processor = nodes.find((node): node is ProcessorNode => node.kind === 'processor')
        return source === undefined || processor === undefined ? [] : [{ id, source, processor }]
      }),
  }
}

function draw(parts: TopologyParts, names: readonly string[]): Drawn[] {
  const byName = new Map<string, Drawn>()
  for (const name of hashOrder(names)) {
    const factory = parts.nodes.get(name)
    if (factory === undefined) continue
    byName.set(name, {
      factory,
      size: 1,
      predecessors: new InsertionTree(bySize),
      successors: new InsertionTree(bySize),
      connected: [],
    })
  }
  for (const node of byName.values()) {
    const parents = node.factory.kind === 'source' ? [] : node.factory.predecessors
    for (const parent of parents) {
      const predecessor = byName.get(parent)
      if (predecessor !== undefined) connect(predecessor, node)
    }
  }
  return [...byName.values()]
}

function connect(predecessor: Drawn, node: Drawn): void {
  node.predecessors.add(predecessor)
  node.connected.push(predecessor)
  predecessor.successors.add(node)
  grow(predecessor, node.size)
}

function grow(node: Drawn, by: number): void {
  node.size += by
  for (const predecessor of node.connected) grow(predecessor, by)
}

function bySize(a: Drawn, b: Drawn): number {
  if (a === b) return 0
  if (a.size !== b.size) return b.size - a.size
  return a.factory.name < b.factory.name ? -1 : 1
}

function toNode({ factory, predecessors, successors }: Drawn): TopologyNode {
  const before = [...predecessors].map(({ factory: { name } }) => name)
  const after = [...successors].map(({ factory: { name } }) => name)
  switch (factory.kind) {
    case 'source':
      return { kind: 'source', name: factory.name, topics: printTopics(factory.topics), successors: after }
    case 'processor': {
      const stores = hashOrder([...factory.stores])
      return { kind: 'processor', name: factory.name, stores, successors: after, predecessors: before }
    }
    case 'sink':
      return { kind: 'sink', name: factory.name, topic: printTopic(factory.topic), predecessors: before }
    default:
      return unreachable(factory)
  }
}

function printTopics(topics: readonly string[] | RegExp): SourceNode['topics'] {
  return topics instanceof RegExp ? { pattern: textOfPattern(topics) } : hashOrder([...topics])
}

/** A pattern as Java has it: a slash needs no escape there. */
export function textOfPattern({ source }: RegExp): string {
  return source.replaceAll('\\/', '/')
}

function printTopic(topic: unknown): SinkNode['topic'] {
  if (typeof topic === 'string') return topic
  return { extractor: typeof topic === 'function' && topic.name !== '' ? topic.name : 'anonymous' }
}
