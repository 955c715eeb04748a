import type { Serde } from '../serde/serde.ts'
import type { TopologyParts } from './topology-parts.ts'

/** What the optimizer and the merging of sources must know of a node. */
export type GraphRole =
  | { readonly kind: 'plain' }
  | {
      readonly kind: 'stream-source'
      readonly topics: readonly string[] | RegExp
      readonly offsetReset: string | undefined
    }
  | { readonly kind: 'table-source'; reuseSourceTopic: boolean }
  | { readonly kind: 'merge' }
  /** Before a repartition topic: records without a key go no further, unless a join below wants them. */
  | {
      readonly kind: 'repartition'
      readonly topic: string
      /** Whether one topic may serve several: those that operators need, not those that a user asked for. */
      readonly isMergeable: boolean
      readonly keySerde: Serde<unknown> | undefined
      readonly valueSerde: Serde<unknown> | undefined
      keepNullKeys: boolean
    }
  | { readonly kind: 'stream-join'; readonly rightWindow: string; isSelfJoin: boolean }

/**
 * One operator of the DSL before the topology is written. It is written once all
 * its parents are, in the order in which operators were called (`buildPriority`).
 */
export class GraphNode {
  readonly name: string
  readonly role: GraphRole
  readonly children = new Set<GraphNode>()
  readonly parents = new Set<GraphNode>()
  buildPriority = 0
  written = false
  /** A left or outer join of a stream, which has a use for records without a key. */
  readonly joinsNullKeys: boolean
  /** Of a windowed aggregation: how long after its end a window may still change. */
  readonly graceMs: number | undefined
  /** Whether its table lies in a versioned store; undefined where it is as its parents are. */
  readonly isVersioned: boolean | undefined
  readonly changesKey: boolean
  readonly changesValue: boolean
  readonly #write: (parts: TopologyParts, parents: readonly string[]) => void

  constructor(
    name: string,
    write: (parts: TopologyParts, parents: readonly string[]) => void,
    traits: {
      readonly role?: GraphRole
      readonly joinsNullKeys?: boolean
      readonly graceMs?: number | undefined
      readonly isVersioned?: boolean | undefined
      readonly changesKey?: boolean
      readonly changesValue?: boolean
    } = {},
  ) {
    this.name = name
    this.#write = write
    this.role = traits.role ?? { kind: 'plain' }
    this.graceMs = traits.graceMs
    this.isVersioned = traits.isVersioned
    this.joinsNullKeys = traits.joinsNullKeys ?? false
    this.changesKey = traits.changesKey ?? false
    this.changesValue = traits.changesValue ?? false
  }

  addChild(child: GraphNode): void {
    this.children.add(child)
    child.parents.add(this)
  }

  removeChild(child: GraphNode): void {
    this.children.delete(child)
    child.parents.delete(this)
  }

  write(parts: TopologyParts): void {
    this.#write(
      parts,
      [...this.parents].map(({ name }) => name),
    )
    this.written = true
  }

  get isReady(): boolean {
    return !this.written && [...this.parents].every(({ written }) => written)
  }
}

/** Whether what comes out of a node has a history: KIP-914. To be asked when the graph is finished. */
export function isVersioned(node: GraphNode): boolean {
  return node.isVersioned ?? isVersionedAbove(node)
}

/** Whether all that flows into a node has a history. */
export function isVersionedAbove({ parents }: GraphNode): boolean {
  return parents.size > 0 && [...parents].every(isVersioned)
}
