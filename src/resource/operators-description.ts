import type { CleanupPolicy } from '../topology/changelog-policy.ts'
import type { Subtopology, TopologyDescription, TopologyNode } from '../topology/description.ts'

/** One entry of `spec.topology.operators`. */
export interface OperatorSpec {
  readonly name: string
  readonly changelog?: CleanupPolicy | 'none'
  readonly repartition: boolean
  readonly sources: readonly string[]
}

/**
 * The topology that operators declared by hand amount to, in the shape that `describe()` has.
 * Operators that read the same topic, or one another without a repartition topic between, share a
 * sub-topology, as their stream tasks would in Kafka Streams.
 */
export function operatorsDescription(operators: readonly OperatorSpec[]): TopologyDescription {
  const pieces = operators.flatMap((operator) => piecesOf(operator, operators))
  const groups = joinedBy(pieces)
  return { subtopologies: groups.map((nodes, id): Subtopology => ({ id, nodes })), globalStores: [] }
}

/** Nodes that belong together, and the marks by which they meet others. */
interface Piece {
  readonly marks: readonly string[]
  readonly nodes: readonly TopologyNode[]
}

function piecesOf(operator: OperatorSpec, operators: readonly OperatorSpec[]): readonly Piece[] {
  const { name, repartition, sources, changelog } = operator
  const isOperator = (source: string) => source !== name && operators.some((other) => other.name === source)
  const topics = sources.filter((source) => !isOperator(source))
  const marks = sources.map((source) => (isOperator(source) ? `operator ${source}` : `topic ${source}`))
  const stores = changelog === undefined ? [] : [name]
  const read = topics.map((topic): TopologyNode => ({
    kind: 'source',
    name: `${name}-reads-${topic}`,
    topics: [topic],
    successors: [name],
  }))
  const work = (predecessors: readonly string[]): TopologyNode => ({
    kind: 'processor',
    name,
    stores,
    successors: [],
    predecessors,
  })
  if (!repartition) {
    return [{ marks: [...marks, `operator ${name}`], nodes: [...read, work(read.map((node) => node.name))] }]
  }
  const between = `${name}-repartition`
  const sink: TopologyNode = {
    kind: 'sink',
    name: `${between}-sink`,
    topic: between,
    predecessors: read.map((node) => node.name),
  }
  const source: TopologyNode = { kind: 'source', name: `${between}-source`, topics: [between], successors: [name] }
  return [
    { marks, nodes: [...read, sink] },
    { marks: [`operator ${name}`], nodes: [source, work([source.name])] },
  ]
}

/** Pieces that share a mark, directly or through others, become one. */
function joinedBy(pieces: readonly Piece[]): readonly (readonly TopologyNode[])[] {
  const groups: Piece[] = []
  for (const piece of pieces) {
    const meeting = groups.filter(({ marks }) => marks.some((mark) => piece.marks.includes(mark)))
    const all = [...meeting, piece]
    const joined = { marks: all.flatMap(({ marks }) => marks), nodes: all.flatMap(({ nodes }) => nodes) }
    const at = meeting[0] === undefined ? groups.length : groups.indexOf(meeting[0])
    for (const old of meeting) groups.splice(groups.indexOf(old), 1)
    groups.splice(at, 0, joined)
  }
  return groups.map(({ nodes }) => nodes)
}
