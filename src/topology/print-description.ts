import { unreachable } from '../base/unreachable.ts'
import type { GlobalStore, SourceNode, Subtopology, TopologyDescription, TopologyNode } from './description.ts'

/**
 * The text of `Topology#describe()`, byte for byte, down to the blank line that
 * follows a sub-topology and does not follow a global store.
 * Source: `toString` of Kafka's `InternalTopologyBuilder.TopologyDescription`, 4.3.1.
 */
export function printDescription({ subtopologies, globalStores }: TopologyDescription): string {
  const blocks = [
    ...subtopologies.map((subtopology) => ({ id: subtopology.id, text: printSubtopology(subtopology) })),
    ...globalStores.map((store) => ({ id: store.id, text: printGlobalStore(store) })),
  ]
  const inOrder = blocks.toSorted((a, b) => a.id - b.id)
  return `Topologies:\n ${inOrder.map(({ text }) => `  ${text}`).join('')}`
}

function printSubtopology({ id, nodes }: Subtopology): string {
  return `Sub-topology: ${id}\n${nodes.map(printNode).join('')}\n`
}

function printGlobalStore({ id, source, processor }: GlobalStore): string {
  return `Sub-topology: ${id} for global store (will not generate tasks)\n${printNode(source)}${printNode(processor)}`
}

function printNode(node: TopologyNode): string {
  switch (node.kind) {
    case 'source':
      return `    Source: ${node.name} (topics: ${printTopics(node.topics)})\n${arrow('-->', node.successors)}`
    case 'processor':
      return `    Processor: ${node.name} (stores: ${list(node.stores)})\n${arrow('-->', node.successors)}${arrow('<--', node.predecessors)}`
    case 'sink':
      return `    Sink: ${node.name} (${printTarget(node.topic)})\n${arrow('<--', node.predecessors)}`
    default:
      return unreachable(node)
  }
}

const list = (names: readonly string[]) => `[${names.join(', ')}]`
const arrow = (head: string, names: readonly string[]) => `      ${head} ${names.join(', ') || 'none'}\n`

const printTopics = (topics: SourceNode['topics']) => ('pattern' in topics ? topics.pattern : list(topics))

const printTarget = (topic: string | { readonly extractor: string }) =>
  typeof topic === 'string' ? `topic: ${topic}` : `extractor class: ${topic.extractor}`
