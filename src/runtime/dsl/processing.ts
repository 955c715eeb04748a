import { type Processor, ProcessorNode } from '../node/processor-node.ts'
import type { AnyStoreHandle } from '../store/key-value-store.ts'
import type { Named } from './options.ts'
import type { GraphNode } from '../graph/graph-node.ts'
import { processorNode } from './processor-graph.ts'

/** How a processor stands in the topology. */
export interface ProcessOptions extends Named {
  /** Stores it works with: handles, or the names of stores that are in the topology already. */
  readonly stores?: readonly (AnyStoreHandle | string)[]
}

/** The graph node of a processor, with the stores it brings and those it is connected with. */
export function processingNode<KIn, VIn, KOut, VOut>(
  name: string,
  supplier: () => Processor<KIn, VIn, KOut, VOut>,
  options: ProcessOptions,
): GraphNode {
  return processorNode(name, () => new ProcessorNode(name, supplier()), storesOf(options))
}

/** What a processor brings, and what it is connected with. */
export function storesOf({ stores = [] }: ProcessOptions) {
  const factories = stores.flatMap((store) => (typeof store === 'string' ? [] : [store.factory]))
  const names = stores.filter((store) => typeof store === 'string')
  return { stores: () => factories, connects: () => names }
}
