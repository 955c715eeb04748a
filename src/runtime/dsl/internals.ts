import type { GraphNode } from '../graph/graph-node.ts'
import type { StreamGraph } from '../graph/stream-graph.ts'
import type { Serde } from '../serde/serde.ts'

/** What operators know of the stream or table they stand on. Not for users. */
export const internals: unique symbol = Symbol('internals')

export interface Internals<K, V> {
  readonly graph: StreamGraph
  readonly name: string
  readonly node: GraphNode
  /** Undefined where an operator changed the type and nobody said how to write it. */
  readonly keySerde: Serde<K> | undefined
  readonly valueSerde: Serde<V> | undefined
  /** Source nodes above: what must be co-partitioned in a join. */
  readonly sourceNodes: ReadonlySet<string>
  /** The key was changed since the last topic. */
  readonly needsRepartition: boolean
}

/** A serde that must be there, or a sentence that says which option is missing. */
export function needSerde<T>(
  serde: Serde<T> | undefined,
  what: 'keySerde' | 'valueSerde' | 'otherKeySerde' | 'otherValueSerde',
  where: string,
): Serde<T> {
  if (serde !== undefined) return serde
  throw new TypeError(
    `${where} must know how to write its ${what.toLowerCase().includes('key') ? 'keys' : 'values'}: give it a ${what}`,
  )
}
