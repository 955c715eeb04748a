/**
 * What `Topology#describe()` tells of a stream graph: nodes by sub-topology, with
 * topic and store names as the application wrote them (no application id, no
 * cluster prefix). Source: Kafka's `TopologyDescription` and
 * `InternalTopologyBuilder.TopologyDescription`, 4.3.1.
 */
export interface TopologyDescription {
  readonly subtopologies: readonly Subtopology[]
  readonly globalStores: readonly GlobalStore[]
}

export interface Subtopology {
  /** The first half of a task id. Global stores take numbers too, so ids may have gaps. */
  readonly id: number
  /** In the order in which `describe()` prints them. */
  readonly nodes: readonly TopologyNode[]
}

export interface GlobalStore {
  readonly id: number
  readonly source: SourceNode
  readonly processor: ProcessorNode
}

export type TopologyNode = SourceNode | ProcessorNode | SinkNode

export interface SourceNode {
  readonly kind: 'source'
  readonly name: string
  /** Exact names, or the text of a pattern. */
  readonly topics: readonly string[] | { readonly pattern: string }
  readonly successors: readonly string[]
}

export interface ProcessorNode {
  readonly kind: 'processor'
  readonly name: string
  readonly stores: readonly string[]
  readonly successors: readonly string[]
  readonly predecessors: readonly string[]
}

export interface SinkNode {
  readonly kind: 'sink'
  readonly name: string
  /** `{ extractor }` where the topic is chosen per record; the text is what `describe()` prints. */
  readonly topic: string | { readonly extractor: string }
  readonly predecessors: readonly string[]
}
