import type { TopologyNode } from './description.ts'
import type { Block, DescriptionMistake, PlacedNode } from './description-mistake.ts'

/**
 * What a whole text must satisfy beyond its lines: ids and names occur once, and
 * every arrow is answered by the arrow back. A text cut off in the middle, or
 * with a line lost in pasting, fails here.
 */
export function edgeMistakes(blocks: readonly Block[]): readonly DescriptionMistake[] {
  return [
    ...repeatedIds(blocks),
    ...repeatedNames(blocks),
    ...blocks.flatMap(unansweredArrows),
    ...blocks.flatMap(shapeMistakes),
  ]
}

function repeatedIds(blocks: readonly Block[]): readonly DescriptionMistake[] {
  return blocks
    .filter(({ id }, index) => blocks.findIndex((other) => other.id === id) !== index)
    .map(({ id, line }) => ({ line, column: 1, endColumn: 2, message: `sub-topology ${id} occurs twice` }))
}

function repeatedNames(blocks: readonly Block[]): readonly DescriptionMistake[] {
  const seen = new Set<string>()
  return blocks
    .flatMap(({ nodes }) => nodes)
    .filter(({ node }) => seen.has(node.name) || !seen.add(node.name))
    .map((placed) => at(placed, `node ${placed.node.name} occurs twice`))
}

const successorsOf = (node: TopologyNode) => (node.kind === 'sink' ? [] : node.successors)
const predecessorsOf = (node: TopologyNode) => (node.kind === 'source' ? [] : node.predecessors)

function unansweredArrows({ nodes, id }: Block): readonly DescriptionMistake[] {
  const byName = new Map(nodes.map(({ node }) => [node.name, node]))
  const answer = (placed: PlacedNode, target: string, back: (node: TopologyNode) => readonly string[]) => {
    const other = byName.get(target)
    if (other === undefined)
      return [at(placed, `${placed.node.name} names ${target}, which sub-topology ${id} does not have`)]
    if (back(other).includes(placed.node.name)) return []
    return [at(placed, `${placed.node.name} names ${target}, but ${target} does not name it back`)]
  }
  return nodes.flatMap((placed) => [
    ...successorsOf(placed.node).flatMap((target) => answer(placed, target, predecessorsOf)),
    ...predecessorsOf(placed.node).flatMap((target) => answer(placed, target, successorsOf)),
  ])
}

function shapeMistakes({ nodes, global, id, line }: Block): readonly DescriptionMistake[] {
  const kinds = nodes.map(({ node }) => node.kind)
  if (global && (kinds.length !== 2 || !kinds.includes('source') || !kinds.includes('processor'))) {
    return [{ line, column: 1, endColumn: 2, message: `global store ${id} must have one source and one processor` }]
  }
  if (nodes.length === 0) return [{ line, column: 1, endColumn: 2, message: `sub-topology ${id} has no nodes` }]
  return []
}

function at({ line, column, node }: PlacedNode, message: string): DescriptionMistake {
  return { line, column, endColumn: column + node.kind.length, message }
}
