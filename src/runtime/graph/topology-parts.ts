import type { StoreFactory } from '../store/store-factory.ts'
import type { NodeFactory, ProcessorFactory, SinkFactory, SourceFactory } from './node-factory.ts'
import { TopologyError } from './topology-error.ts'
import { wholeTopic } from './whole-topic.ts'

/** A repartition topic as the topology asks for it. */
export interface RepartitionTopic {
  readonly name: string
  /** Undefined: as many as the largest upstream source. */
  readonly partitions: number | undefined
}

interface StoreEntry {
  factory: StoreFactory
  readonly users: Set<string>
}

/**
 * The topology while it is put together: nodes in topological order, stores, and
 * which nodes must run in one task. Kafka's `InternalTopologyBuilder`, 4.3.1.
 */
export class TopologyParts {
  readonly nodes = new Map<string, NodeFactory>()
  readonly stores = new Map<string, StoreEntry>()
  readonly globalStores = new Map<string, StoreFactory>()
  readonly globalTopics = new Set<string>()
  readonly repartitionTopics = new Map<string, RepartitionTopic>()
  /** Source nodes whose topics must have the same number of partitions. */
  readonly copartitions: readonly ReadonlySet<string>[]
  /** Stores whose changelog is a topic that exists already (a table's source). */
  readonly changelogOf = new Map<string, string>()
  readonly #sourceTopics = new Set<string>()
  readonly #sourcePatterns: RegExp[] = []
  readonly #parents = new Map<string, string>()

  constructor(copartitions: readonly ReadonlySet<string>[] = []) {
    this.copartitions = copartitions
  }

  addSource(factory: SourceFactory): void {
    this.#checkName(factory.name)
    if (factory.topics instanceof RegExp) this.#checkPattern(factory.topics)
    else {
      if (factory.topics.length === 0) throw new TopologyError('topics cannot be empty')
      for (const topic of factory.topics) {
        this.#checkTopic(topic)
        this.#sourceTopics.add(topic)
      }
    }
    this.#add(factory, [])
  }

  addProcessor(factory: ProcessorFactory): void {
    this.#checkName(factory.name)
    this.#checkParents(factory.name, factory.predecessors)
    this.#add(factory, factory.predecessors)
  }

  addSink(factory: SinkFactory): void {
    this.#checkName(factory.name)
    this.#checkParents(factory.name, factory.predecessors)
    this.#add(factory, factory.predecessors)
  }

  addStore(factory: StoreFactory, ...processors: readonly string[]): void {
    const held = this.stores.get(factory.name)
    if (held !== undefined && held.factory !== factory) {
      throw new TopologyError(`A different StateStore has already been added with the name ${factory.name}`)
    }
    if (this.globalStores.has(factory.name)) {
      throw new TopologyError(`A different GlobalStateStore has already been added with the name ${factory.name}`)
    }
    if (held === undefined) this.stores.set(factory.name, { factory, users: new Set() })
    this.connect(processors, [factory.name])
  }

  connect(processors: readonly string[], stores: readonly string[]): void {
    for (const processor of processors) for (const store of stores) this.#connectOne(processor, store)
  }

  addGlobalStore(source: SourceFactory, processor: ProcessorFactory, store: StoreFactory, topic: string): void {
    this.#checkName(source.name)
    this.#checkTopic(topic)
    this.#checkName(processor.name)
    if (this.stores.has(store.name)) {
      throw new TopologyError(`A different StateStore has already been added with the name ${store.name}`)
    }
    if (this.globalStores.has(store.name)) {
      throw new TopologyError(`A different GlobalStateStore has already been added with the name ${store.name}`)
    }
    this.globalTopics.add(topic)
    this.#add(source, [])
    processor.stores.add(store.name)
    this.#add(processor, [source.name])
    this.globalStores.set(store.name, store)
    this.changelogOf.set(store.name, topic)
  }

  /** Names by sub-topology, in the order of ids: the first node met gives a group its number. */
  groups(): string[][] {
    const byRoot = new Map<string, string[]>()
    for (const name of this.nodes.keys()) {
      const root = this.#root(name)
      const group = byRoot.get(root)
      if (group === undefined) byRoot.set(root, [name])
      else group.push(name)
    }
    return [...byRoot.values()]
  }

  isGlobalSource(name: string): boolean {
    const node = this.nodes.get(name)
    return (
      node?.kind === 'source' &&
      !(node.topics instanceof RegExp) &&
      node.topics.length === 1 &&
      node.topics.every((topic) => this.globalTopics.has(topic))
    )
  }

  #connectOne(processor: string, store: string): void {
    if (this.globalStores.has(store)) {
      throw new TopologyError(
        `Global StateStore ${store} can be used by a Processor without being specified; it should not be explicitly passed.`,
      )
    }
    const entry = this.stores.get(store)
    if (entry === undefined) throw new TopologyError(`StateStore ${store} is not added yet.`)
    const node = this.nodes.get(processor)
    if (node === undefined) throw new TopologyError(`Processor ${processor} is not added yet.`)
    if (node.kind !== 'processor') {
      throw new TopologyError(`cannot connect a state store ${store} to a source node or a sink node.`)
    }
    for (const user of entry.users) {
      this.#unite(user, processor)
      break
    }
    entry.users.add(processor)
    node.stores.add(store)
  }

  #add(factory: NodeFactory, parents: readonly string[]): void {
    this.nodes.set(factory.name, factory)
    this.#parents.set(factory.name, factory.name)
    for (const parent of parents) this.#unite(factory.name, parent)
  }

  #checkName(name: string): void {
    if (this.nodes.has(name)) throw new TopologyError(`Processor ${name} is already added.`)
  }

  #checkTopic(topic: string): void {
    if (this.#sourceTopics.has(topic) || this.globalTopics.has(topic)) {
      throw new TopologyError(`Topic ${topic} has already been registered by another source.`)
    }
    if (this.#sourcePatterns.some((pattern) => pattern.test(topic))) {
      throw new TopologyError(`Topic ${topic} matches a Pattern already registered by another source.`)
    }
  }

  #checkPattern(pattern: RegExp): void {
    const whole = wholeTopic(pattern)
    if ([...this.#sourceTopics, ...this.globalTopics].some((topic) => whole.test(topic))) {
      throw new TopologyError(
        `Pattern ${pattern.source} will match a topic that has already been registered by another source.`,
      )
    }
    this.#sourcePatterns.push(whole)
  }

  #checkParents(name: string, parents: readonly string[]): void {
    if (parents.length === 0) throw new TopologyError('predecessorNames cannot be empty')
    for (const parent of parents) {
      if (parent === name) throw new TopologyError(`Parent node ${parent} is unknown (self-reference).`)
      const node = this.nodes.get(parent)
      if (node === undefined) throw new TopologyError(`Parent node ${parent} is unknown.`)
      if (node.kind === 'sink') throw new TopologyError(`Sink ${parent} cannot be used a parent.`)
    }
  }

  #unite(a: string, b: string): void {
    const rootA = this.#root(a)
    const rootB = this.#root(b)
    if (rootA !== rootB) this.#parents.set(rootA, rootB)
  }

  #root(name: string): string {
    let at = name
    for (;;) {
      const parent = this.#parents.get(at)
      if (parent === undefined || parent === at) return at
      at = parent
    }
  }
}
