import { GraphNode } from '../graph/graph-node.ts'
import type { RunningNode } from '../node/running-node.ts'
import type { StoreFactory } from '../store/store-factory.ts'

interface Traits {
  readonly changesKey?: boolean
  readonly changesValue?: boolean
  readonly isMerge?: boolean
  /** Milliseconds of grace of a windowed aggregation. */
  readonly graceMs?: number
  /** Of a table with a store: whether that is versioned. */
  readonly isVersioned?: boolean | undefined
  /** Stores of this processor's own. */
  readonly stores?: () => readonly StoreFactory[]
  /** Stores that other processors added. */
  readonly connects?: () => readonly string[]
}

/** A graph node that writes one processor and its stores. */
export function processorNode(name: string, create: () => RunningNode, traits: Traits = {}): GraphNode {
  const role = traits.isMerge === true ? ({ kind: 'merge' } as const) : ({ kind: 'plain' } as const)
  return new GraphNode(
    name,
    (parts, predecessors) => {
      parts.addProcessor({ kind: 'processor', name, predecessors, stores: new Set(), create })
      for (const store of traits.stores?.() ?? []) parts.addStore(store, name)
      parts.connect([name], traits.connects?.() ?? [])
    },
    {
      role,
      graceMs: traits.graceMs,
      isVersioned: traits.isVersioned,
      changesKey: traits.changesKey ?? false,
      changesValue: traits.changesValue ?? false,
    },
  )
}
