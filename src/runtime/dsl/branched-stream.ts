import type { GraphNode } from '../graph/graph-node.ts'
import { BranchNode } from '../node/branch-node.ts'
import { PassNode } from '../node/stateless-nodes.ts'
import type { Internals } from './internals.ts'
import type { Makers } from './makers.ts'
import type { Branched, BranchedKStream, KStream } from './model.ts'
import type { Named } from './options.ts'
import { processorNode } from './processor-graph.ts'

/** Kafka's `BranchedKStreamImpl`. A branch uses up a number that is not in its name. */
export class BranchedImplementation<K, V> implements BranchedKStream<K, V> {
  readonly #state: Internals<K, V>
  readonly #makers: Makers
  readonly #name: string
  readonly #splitter: GraphNode
  readonly #predicates: ((key: K, value: V) => boolean)[] = []
  readonly #branches = new Map<string, KStream<K, V>>()

  constructor(state: Internals<K, V>, named: Named, makers: Makers) {
    this.#state = state
    this.#makers = makers
    this.#name = state.graph.processorName('KSTREAM-BRANCH-', named.name)
    this.#splitter = processorNode(this.#name, () => new BranchNode(this.#predicates))
    state.graph.add(state.node, this.#splitter)
  }

  branch(predicate: (key: K, value: V) => boolean, branched: Branched<K, V> = {}): BranchedKStream<K, V> {
    this.#predicates.push(predicate)
    this.#add(branched, this.#predicates.length)
    return this
  }

  defaultBranch(branched: Branched<K, V> = {}): ReadonlyMap<string, KStream<K, V>> {
    this.#add(branched, 0)
    return this.#branches
  }

  noDefaultBranch(): ReadonlyMap<string, KStream<K, V>> {
    return this.#branches
  }

  #add(branched: Branched<K, V>, index: number): void {
    const name = `${this.#name}${branched.name ?? index}`
    this.#state.graph.processorName(name)
    const node = processorNode(name, () => new PassNode())
    this.#state.graph.add(this.#splitter, node)
    const stream = this.#makers.stream({ ...this.#state, name, node })
    if (branched.consume === undefined) this.#branches.set(name, stream)
    else branched.consume(stream)
  }
}
