import { GraphNode } from './graph-node.ts'
import { refuseUnequalRepartitions } from './unequal-repartitions.ts'
import { TopologyError } from './topology-error.ts'
import { TopologyParts } from './topology-parts.ts'
import { UnnamedResources } from './unnamed-resources.ts'

/**
 * The operators of one `StreamsBuilder`: the only counter of names, and the order
 * in which nodes reach the topology. Kafka's `InternalStreamsBuilder`, 4.3.1.
 */
export class StreamGraph {
  readonly root = new GraphNode('root', () => {})
  /** Source nodes whose topics must have equally many partitions. */
  readonly copartitions: Set<string>[] = []
  /** Repartition topics by the change of keys that they are there for, in the order of calls. */
  readonly repartitionsByKeyChanger = new Map<GraphNode, Set<GraphNode>>()
  readonly mergeNodes = new Set<GraphNode>()
  /** What is to be refused once the graph is finished: each throws where it must. */
  readonly checks: (() => void)[] = []
  readonly unnamed = new UnnamedResources()
  #index = 0
  #priority = 0

  /** A given name, with its suffix, takes the place of the generated one, and the number is used up all the same. */
  processorName(prefix: string, given?: string, suffix = ''): string {
    const generated = `${prefix}${this.#next()}`
    if (given === undefined) return generated
    return checkName(`${checkName(given)}${suffix}`)
  }

  storeName(prefix: string): string {
    return `${prefix}STATE-STORE-${this.#next()}`
  }

  add(parents: GraphNode | readonly GraphNode[], node: GraphNode): void {
    for (const parent of parents instanceof GraphNode ? [parents] : parents) {
      parent.addChild(node)
      node.buildPriority = this.#priority++
      this.#note(node)
    }
  }

  /** Writes every node once; a graph is built once. */
  build(optimize: () => void): TopologyParts {
    if (this.root.written) throw new TopologyError('build() was called before on this StreamsBuilder')
    this.#mergeSources()
    optimize()
    for (const check of this.checks) check()
    keepNullKeysAboveJoins(this.root)
    const parts = new TopologyParts(this.copartitions)
    const waiting = new Set([this.root])
    for (let node = first(waiting); node !== undefined; node = first(waiting)) {
      waiting.delete(node)
      if (node.isReady) node.write(parts)
      for (const child of node.children) waiting.add(child)
    }
    refuseUnequalRepartitions(parts)
    return parts
  }

  /** What the optimizer will ask for. */
  #note(node: GraphNode): void {
    if (node.changesKey) this.repartitionsByKeyChanger.set(node, new Set())
    else if (node.role.kind === 'repartition' && node.role.isMergeable) {
      const changer = nearestAbove(node, (above) => above.changesKey)
      const nearest = nearestAbove(node, (above) => above.changesKey || above.changesValue)
      if (changer !== undefined && changer === nearest) this.repartitionsByKeyChanger.get(changer)?.add(node)
    } else if (node.role.kind === 'merge') this.mergeNodes.add(node)
  }

  /** `stream()` of the same topics twice is one source node. */
  #mergeSources(): void {
    const owners = new Map<string, GraphNode>()
    for (const node of this.root.children) {
      if (node.role.kind !== 'stream-source') continue
      const { topics } = node.role
      const keys = topics instanceof RegExp ? [`/${topics.source}/${topics.flags}`] : topics
      for (const key of keys) {
        const owner = owners.get(key)
        if (owner === undefined) owners.set(key, node)
        else if (owner !== node) mergeInto(owner, node, this.root)
      }
    }
  }

  #next(): string {
    return String(this.#index++).padStart(10, '0')
  }
}

function nearestAbove(node: GraphNode, matches: (node: GraphNode) => boolean): GraphNode | undefined {
  if (matches(node)) return node
  for (const parent of node.parents) {
    const found = matches(parent) ? parent : nearestAbove(parent, matches)
    if (found !== undefined) return found
  }
  return undefined
}

/** Kafka's `NodesWithRelaxedNullKeyJoinDownstream`. */
function keepNullKeysAboveJoins(root: GraphNode): void {
  const seen = new Set<GraphNode>()
  const relaxed = new Set<GraphNode>()
  const visit = (node: GraphNode): void => {
    if (seen.has(node)) return
    for (const child of node.children) {
      visit(child)
      if (child.joinsNullKeys || relaxed.has(child)) relaxed.add(node)
    }
    seen.add(node)
  }
  visit(root)
  for (const node of seen) if (node.role.kind === 'repartition') node.role.keepNullKeys = relaxed.has(node)
}

function mergeInto(owner: GraphNode, node: GraphNode, root: GraphNode): void {
  if (owner.role.kind !== 'stream-source' || node.role.kind !== 'stream-source') return
  if (!sameTopics(owner.role.topics, node.role.topics)) {
    throw new TopologyError('Two source nodes are subscribed to overlapping but not equal input topics')
  }
  if (owner.role.offsetReset !== node.role.offsetReset) {
    throw new TopologyError("Can't configure different offset reset policies on the same input topic(s)")
  }
  for (const child of node.children) {
    node.removeChild(child)
    owner.addChild(child)
  }
  root.removeChild(node)
}

function sameTopics(a: readonly string[] | RegExp, b: readonly string[] | RegExp): boolean {
  if (a instanceof RegExp || b instanceof RegExp) return true
  return a.every((topic) => b.includes(topic)) && b.every((topic) => a.includes(topic))
}

function first(waiting: ReadonlySet<GraphNode>): GraphNode | undefined {
  let least: GraphNode | undefined
  for (const node of waiting) if (least === undefined || node.buildPriority < least.buildPriority) least = node
  return least
}

/** Kafka's `Named.validate`. */
export function checkName(name: string): string {
  if (name === '') throw new TopologyError("Name is illegal, it can't be empty")
  if (name === '.' || name === '..') throw new TopologyError(`Name cannot be "." or ".."`)
  if (name.length > 249) {
    throw new TopologyError(`Name is illegal, it can't be longer than 249 characters, name: ${name}`)
  }
  if (!/^[\w.-]+$/.test(name)) {
    throw new TopologyError(
      `Name "${name}" is illegal, it contains a character other than ASCII alphanumerics, '.', '_' and '-'`,
    )
  }
  return name
}
