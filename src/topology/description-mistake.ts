import type { TopologyNode } from './description.ts'

/** Where a text differs from what `Topology#describe()` prints. Lines and columns count from 1. */
export interface DescriptionMistake {
  readonly line: number
  readonly column: number
  readonly endColumn: number
  readonly message: string
}

/** A node and the line that names it, so that later mistakes can point at it. */
export interface PlacedNode {
  readonly node: TopologyNode
  readonly line: number
  readonly column: number
}

/** One sub-topology as it was read, in the order of the text. */
export interface Block {
  readonly id: number
  readonly global: boolean
  readonly line: number
  readonly nodes: PlacedNode[]
}
