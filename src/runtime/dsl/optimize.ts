import type { GraphNode } from '../graph/graph-node.ts'
import type { StreamGraph } from '../graph/stream-graph.ts'
import { TopologyError } from '../graph/topology-error.ts'
import { repartitionNode } from './repartition.ts'

const optimizations = ['reuse.ktable.source.topics', 'merge.repartition.topics', 'single.store.self.join'] as const

/** What `topology.optimization` may hold. `all` is the three together. */
export type Optimization = 'all' | 'none' | readonly (typeof optimizations)[number][]

/** Rewrites the graph before it is written: Kafka's `InternalStreamsBuilder.optimizeTopology`. */
export function optimize(graph: StreamGraph, optimization: Optimization): void {
  refuseUnknown(optimization)
  const has = (name: Exclude<Optimization, string>[number]) =>
    optimization === 'all' || (optimization !== 'none' && optimization.includes(name))
  if (has('reuse.ktable.source.topics')) reuseSourceTopics(graph)
  if (has('merge.repartition.topics')) mergeRepartitionTopics(graph)
  if (has('single.store.self.join')) joinSelvesInOneStore(graph.root, new Set())
}

/** It may come from a file, where no type has looked at it. */
function refuseUnknown(given: unknown): void {
  const isKnown = (name: unknown) => optimizations.some((optimization) => optimization === name)
  if (given === 'all' || given === 'none' || (Array.isArray(given) && given.every(isKnown))) return
  const names = optimizations.map((name) => `'${name}'`).join(', ')
  throw new TopologyError(`optimization must be 'all', 'none' or a list of ${names}, not ${JSON.stringify(given)}`)
}

/** A table read from a topic needs no changelog: the topic is one. */
function reuseSourceTopics(graph: StreamGraph): void {
  for (const { role } of graph.root.children) if (role.kind === 'table-source') role.reuseSourceTopic = true
}

/** Behind one change of keys one repartition topic serves all that need one. */
function mergeRepartitionTopics(graph: StreamGraph): void {
  joinKeyChangersAboveMerges(graph)
  for (const [keyChanger, replaced] of graph.repartitionsByKeyChanger) {
    const [first] = replaced
    if (first?.role.kind !== 'repartition') continue
    const roles = [...replaced].flatMap(({ role }) => (role.kind === 'repartition' ? [role] : []))
    const shared = repartitionNode(graph, {
      prefix: first.role.topic,
      where: `the repartition topic ${first.role.topic}`,
      keySerde: roles.find(({ keySerde }) => keySerde !== undefined)?.keySerde,
      valueSerde: roles.find(({ valueSerde }) => valueSerde !== undefined)?.valueSerde,
    })
    shared.buildPriority = keyChanger.buildPriority
    for (const node of replaced) replace(graph, node, { keyChanger, shared })
    keyChanger.addChild(shared)
  }
}

function replace(
  graph: StreamGraph,
  node: GraphNode,
  { keyChanger, shared }: { readonly keyChanger: GraphNode; readonly shared: GraphNode },
): void {
  const child = findAbove(node, (above) => above.parents.has(keyChanger))
  // Kafka refuses here too: "Found a null keyChangingChild node".
  if (child === undefined) {
    throw new TopologyError(
      `merge.repartition.topics cannot place ${node.name}: two optimizations meet there. Build without it.`,
    )
  }
  shared.addChild(child)
  keyChanger.removeChild(child)
  const parents = [...node.parents]
  for (const below of node.children) for (const parent of parents) parent.addChild(below)
  for (const parent of parents) parent.removeChild(node)
  for (const below of node.children) node.removeChild(below)
  for (const group of graph.copartitions) if (group.delete(node.name)) group.add(shared.name)
}

/** Where several changed keys flow together, the merge stands for all of them. */
function joinKeyChangersAboveMerges(graph: StreamGraph): void {
  const byChanger = graph.repartitionsByKeyChanger
  const merged = [...graph.mergeNodes].map((merge) => ({
    merge,
    changers: [...byChanger.keys()].filter(
      (changer) =>
        [...(byChanger.get(changer) ?? [])].every(
          (node) => findAbove(node, (above) => above.parents.has(merge)) !== undefined,
        ) && findAbove(merge, (above) => above.parents.has(changer)) !== undefined,
    ),
  }))
  const gone = new Set<GraphNode>()
  for (const { merge, changers } of merged) {
    byChanger.set(merge, new Set(changers.flatMap((changer) => [...(byChanger.get(changer) ?? [])])))
    for (const changer of changers) gone.add(changer)
  }
  for (const changer of gone) byChanger.delete(changer)
}

/** A stream joined with itself keeps its records once. */
function joinSelvesInOneStore(node: GraphNode, visited: Set<GraphNode>): void {
  visited.add(node)
  const [parent, ...others] = node.parents
  if (node.role.kind === 'stream-join' && parent !== undefined && others.length === 0) {
    const { rightWindow } = node.role
    const right = [...parent.children].find(({ name }) => name === rightWindow)
    if (right !== undefined) parent.removeChild(right)
    node.role.isSelfJoin = true
  }
  for (const child of node.children) if (!visited.has(child)) joinSelvesInOneStore(child, visited)
}

/** The node itself or the first one above that matches. Kafka's `findParentNodeMatching`. */
function findAbove(node: GraphNode, matches: (node: GraphNode) => boolean): GraphNode | undefined {
  if (matches(node)) return node
  for (const parent of node.parents) {
    const found = matches(parent) ? parent : findAbove(parent, matches)
    if (found !== undefined) return found
  }
  return undefined
}
