import { fail, ok, type Result } from '../base/result.ts'
import { edgeMistakes } from './check-edges.ts'
import type { Block, DescriptionMistake } from './description-mistake.ts'
import type {
  GlobalStore,
  ProcessorNode,
  SinkNode,
  SourceNode,
  Subtopology,
  TopologyDescription,
  TopologyNode,
} from './description.ts'

interface Draft {
  readonly blocks: Block[]
  readonly mistakes: DescriptionMistake[]
  /** The node whose arrow lines are still to come, and the arrows it has. */
  open: OpenNode | undefined
}

interface OpenNode {
  readonly head: NodeHead
  readonly line: number
  readonly column: number
  successors: readonly string[] | undefined
  predecessors: readonly string[] | undefined
}

type NodeHead =
  | Pick<SourceNode, 'kind' | 'name' | 'topics'>
  | Pick<ProcessorNode, 'kind' | 'name' | 'stores'>
  | Pick<SinkNode, 'kind' | 'name' | 'topic'>

/**
 * Reads what `Topology#describe()` printed, however it was pasted: indentation,
 * CRLF, trailing spaces, blank lines and a missing `Topologies:` do not matter.
 * Every line that is not understood is reported, all in one go.
 */
export function parseDescription(text: string): Result<TopologyDescription, readonly DescriptionMistake[]> {
  const draft: Draft = { blocks: [], mistakes: [], open: undefined }
  const lines = text.split(/\r\n|\n|\r/)
  lines.forEach((raw, index) => {
    readLine(draft, raw, index + 1)
  })
  closeNode(draft)

  if (draft.blocks.length === 0 && draft.mistakes.length === 0) {
    draft.mistakes.push({
      line: 1,
      column: 1,
      endColumn: 2,
      message: 'no sub-topology here; paste what Topology#describe() prints',
    })
  }
  const mistakes = [...draft.mistakes, ...(draft.mistakes.length === 0 ? edgeMistakes(draft.blocks) : [])]
  return mistakes.length > 0 ? fail(mistakes) : ok(descriptionOf(draft.blocks))
}

const blockHead = /^Sub-topology: (\d{1,9})( for global store \(will not generate tasks\))?$/
const arrows: Readonly<Record<string, 'successors' | 'predecessors'>> = { '--> ': 'successors', '<-- ': 'predecessors' }

function readLine(draft: Draft, raw: string, line: number): void {
  const text = raw.trim()
  if (text === '' || text === 'Topologies:') return
  const column = raw.length - raw.trimStart().length + 1
  const place = { line, column, endColumn: column + text.length }

  const block = text.startsWith('Sub-topology: ') ? blockHead.exec(text) : null
  if (block) {
    closeNode(draft)
    draft.blocks.push({ id: Number(block[1]), global: block[2] !== undefined, line, nodes: [] })
    return
  }
  const side = arrows[text.slice(0, 4)]
  if (side !== undefined) return readArrow(draft, side, { names: text.slice(4), ...place })
  const head = nodeHead(text)
  if (head === undefined) {
    draft.mistakes.push({
      ...place,
      message: `not a line that Topology#describe() prints; expected ${expectedAfter(draft)}`,
    })
    return
  }
  closeNode(draft)
  if (draft.blocks.length === 0) {
    draft.mistakes.push({ ...place, message: 'expected "Sub-topology: 0" before the first node' })
  }
  draft.open = { head, line, column, successors: undefined, predecessors: undefined }
}

function readArrow(
  draft: Draft,
  side: 'successors' | 'predecessors',
  arrow: Omit<DescriptionMistake, 'message'> & { readonly names: string },
): void {
  const { names, ...place } = arrow
  const unfit = side === 'successors' ? 'sink' : 'source'
  if (draft.open === undefined || draft.open.head.kind === unfit || draft.open[side] !== undefined) {
    draft.mistakes.push({ ...place, message: `an arrow that belongs to no node; expected ${expectedAfter(draft)}` })
    return
  }
  draft.open[side] = names === 'none' ? [] : names.split(', ')
}

function nodeHead(text: string): NodeHead | undefined {
  const source = nameAndRest(text, nodeForms.source)
  if (source) return { kind: 'source', name: source.name, topics: topicsOf(source.rest) }
  const processor = nameAndRest(text, nodeForms.processor)
  if (processor) return { kind: 'processor', name: processor.name, stores: listOf(processor.rest) }
  const sink = nameAndRest(text, nodeForms.sink)
  if (sink) return { kind: 'sink', name: sink.name, topic: sink.rest }
  const routed = nameAndRest(text, nodeForms.routed)
  return routed && { kind: 'sink', name: routed.name, topic: { extractor: routed.rest } }
}

interface NodeForm {
  readonly head: string
  readonly middle: string
  readonly end: string
}

const nodeForms = {
  source: { head: 'Source: ', middle: ' (topics: ', end: ')' },
  processor: { head: 'Processor: ', middle: ' (stores: [', end: '])' },
  sink: { head: 'Sink: ', middle: ' (topic: ', end: ')' },
  routed: { head: 'Sink: ', middle: ' (extractor class: ', end: ')' },
}

/** By index and not by expression, so that a hostile line costs no more than its length. */
function nameAndRest(text: string, { head, middle, end }: NodeForm) {
  if (!text.startsWith(head) || !text.endsWith(end)) return undefined
  const middleAt = text.lastIndexOf(middle)
  if (middleAt <= head.length) return undefined
  const restAt = middleAt + middle.length
  if (restAt > text.length - end.length) return undefined
  return { name: text.slice(head.length, middleAt), rest: text.slice(restAt, text.length - end.length) }
}

const listOf = (text: string): readonly string[] => (text === '' ? [] : text.split(', '))

/** A pattern is printed bare. `[a-z]` alone is read as a list: no topic could be named by it anyway. */
function topicsOf(text: string): SourceNode['topics'] {
  const names = /^\[([\w.\-, ]*)\]$/.exec(text)
  return names ? listOf(names[1] ?? '') : { pattern: text }
}

function expectedAfter({ open, blocks }: Draft): string {
  if (blocks.length === 0) return '"Topologies:" or "Sub-topology: 0"'
  if (open !== undefined && open.head.kind !== 'sink' && open.successors === undefined)
    return '"--> successor, …" or "--> none"'
  if (open !== undefined && open.head.kind !== 'source' && open.predecessors === undefined)
    return '"<-- predecessor, …"'
  return '"Source: …", "Processor: …", "Sink: …" or "Sub-topology: …"'
}

function closeNode(draft: Draft): void {
  const { open } = draft
  draft.open = undefined
  if (open === undefined) return
  const { head, line, column, successors, predecessors } = open
  const missing = [
    ...(head.kind !== 'sink' && successors === undefined ? ['-->'] : []),
    ...(head.kind !== 'source' && predecessors === undefined ? ['<--'] : []),
  ]
  for (const arrow of missing) {
    draft.mistakes.push({
      line,
      column,
      endColumn: column + head.kind.length,
      message: `the "${arrow} …" line of ${head.name} is missing`,
    })
  }
  draft.blocks.at(-1)?.nodes.push({ node: nodeOf(head, successors ?? [], predecessors ?? []), line, column })
}

function nodeOf(head: NodeHead, successors: readonly string[], predecessors: readonly string[]): TopologyNode {
  if (head.kind === 'source') return { ...head, successors }
  if (head.kind === 'sink') return { ...head, predecessors }
  return { ...head, successors, predecessors }
}

function descriptionOf(blocks: readonly Block[]): TopologyDescription {
  const subtopologies: Subtopology[] = blocks
    .filter(({ global }) => !global)
    .map(({ id, nodes }) => ({ id, nodes: nodes.map(({ node }) => node) }))
  return { subtopologies, globalStores: blocks.filter(({ global }) => global).flatMap(globalStoreOf) }
}

/** `check-edges.ts` has made sure that a global store is one source and one processor. */
function globalStoreOf({ id, nodes }: Block): readonly GlobalStore[] {
  const source = nodes.map(({ node }) => node).find((node) => node.kind === 'source')
  const processor = nodes.map(({ node }) => node).find((node) => node.kind === 'processor')
  return source && processor ? [{ id, source, processor }] : []
}
