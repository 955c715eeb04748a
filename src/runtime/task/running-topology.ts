import type { TopologyParts } from '../graph/topology-parts.ts'
import type { NodeFactory } from '../graph/node-factory.ts'
import { hashOrder } from '../graph/java-order.ts'
import { EndNode } from '../node/end-node.ts'
import { GuardNode } from '../node/guard-node.ts'
import type { RunningNode } from '../node/running-node.ts'
import { SinkNode } from '../node/sink-node.ts'
import type { RunningSource } from './partition-queue.ts'
import type { TaskContext } from './task-context.ts'

export interface RunningTopology {
  /** By topic, as the topology writes it. */
  readonly sources: ReadonlyMap<string, RunningSource>
  /** Those that read all topics whose name fits. */
  readonly patterns: readonly RunningSource[]
  readonly nodes: readonly RunningNode[]
}

/**
 * Makes the nodes and stores of one sub-topology. Children stand in the order in
 * which nodes were written to the topology, and stores are opened in the order in
 * which processors name them: that order decides what is sent first.
 */
export function runTopology(
  parts: TopologyParts,
  names: readonly string[],
  wireTopic: (topic: string) => string,
  context: TaskContext,
): RunningTopology {
  const sources = new Map<string, RunningSource>()
  const patterns: RunningSource[] = []
  const children = new Map<string, RunningNode[]>()
  const nodes: RunningNode[] = []
  const around = { nodes, context }
  const parents = parentsAmong(parts, names)
  for (const name of names) {
    const factory = parts.nodes.get(name)
    if (factory === undefined) continue
    if (factory.kind === 'source') {
      const source = { factory, children: childrenOf(children, name), latency: context.latencyAt(name) }
      if (factory.topics instanceof RegExp) patterns.push(source)
      else for (const topic of factory.topics) sources.set(topic, source)
      continue
    }
    const node = create(factory, wireTopic)
    children.set(name, node.children)
    nodes.push(node)
    const child = parents.has(name) ? guard(name, node, around) : end(name, guard(name, node, around), around)
    for (const parent of factory.predecessors) childrenOf(children, parent).push(child)
    if (factory.kind === 'processor') openStores(parts, factory.stores, context)
  }
  for (const node of nodes) node.start(context)
  return { sources, patterns, nodes }
}

function parentsAmong({ nodes }: TopologyParts, names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.flatMap((name) => {
      const factory = nodes.get(name)
      return factory === undefined || factory.kind === 'source' ? [] : [...factory.predecessors]
    }),
  )
}

/** Only where somebody reads it. */
function end(
  name: string,
  node: RunningNode,
  { nodes, context }: { readonly nodes: RunningNode[]; readonly context: TaskContext },
): RunningNode {
  const latency = node instanceof SinkNode ? undefined : context.latencyAt(name)
  if (latency === undefined) return node
  const ending = new EndNode(node, latency)
  nodes.push(ending)
  return ending
}

/** Only where there is a handler, and not before a sink, whose failures have one of their own. */
function guard(
  name: string,
  node: RunningNode,
  { nodes, context }: { readonly nodes: RunningNode[]; readonly context: TaskContext },
): RunningNode {
  const { processing, deadLetterTopic } = context.facts.errors
  if (node instanceof SinkNode || (processing === undefined && deadLetterTopic === undefined)) return node
  const guarding = new GuardNode(name, node)
  nodes.push(guarding)
  return guarding
}

function childrenOf(children: Map<string, RunningNode[]>, name: string): RunningNode[] {
  const held = children.get(name)
  if (held !== undefined) return held
  const made: RunningNode[] = []
  children.set(name, made)
  return made
}

function create(factory: Exclude<NodeFactory, { kind: 'source' }>, wireTopic: (topic: string) => string): RunningNode {
  if (factory.kind === 'processor') return factory.create()
  const { topic } = factory
  return new SinkNode<unknown, unknown>({ ...factory, topic: typeof topic === 'string' ? wireTopic(topic) : topic })
}

function openStores(parts: TopologyParts, stores: ReadonlySet<string>, context: TaskContext): void {
  for (const name of hashOrder([...stores])) {
    if (context.stores.has(name)) continue
    const factory = parts.stores.get(name)?.factory ?? parts.globalStores.get(name)
    if (factory !== undefined) context.stores.set(name, factory.open(context))
  }
}
