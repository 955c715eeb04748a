import { EVENT_ID, SCALAR_STYLE, getScalarValue, type Event, type ScalarEvent } from 'js-yaml'

export type Range = readonly [start: number, end: number]

/** Where one value stands in the source. */
export interface ValuePlace {
  /** The key that names it; absent for items of a list and the document itself. */
  readonly key: Range | undefined
  /** Of a list or a mapping only the start is known. */
  readonly value: Range
  readonly isCollection: boolean
  /** Set for a `|` block: where its first line starts, and how far it is indented. */
  readonly block: { readonly start: number; readonly indent: number } | undefined
}

/** Of one document: JSON pointer → place, and keys that YAML would let pass. */
export interface DocumentPlaces {
  readonly values: ReadonlyMap<string, ValuePlace>
  readonly repeatedKeys: readonly KeyPlace[]
  readonly mergeKeys: readonly KeyPlace[]
}

interface KeyPlace {
  readonly pointer: string
  readonly name: string
  readonly range: Range
}

interface Frame {
  readonly kind: 'document' | 'mapping' | 'sequence'
  readonly pointer: string
  readonly keys: Set<string>
  index: number
  key: { readonly name: string; readonly range: Range } | undefined
}

interface Draft {
  readonly values: Map<string, ValuePlace>
  readonly repeatedKeys: KeyPlace[]
  readonly mergeKeys: KeyPlace[]
}

/** Reads the places off the parser's events. An alias stands where it is written, not where its anchor is. */
export function yamlPlaces(source: string, events: readonly Event[]): readonly DocumentPlaces[] {
  const documents: Draft[] = []
  const stack: Frame[] = []
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      documents.push({ values: new Map(), repeatedKeys: [], mergeKeys: [] })
      stack.push(frame('document', ''))
      continue
    }
    if (event.type === EVENT_ID.POP) {
      stack.pop()
      continue
    }
    const top = stack.at(-1)
    const document = documents.at(-1)
    if (top !== undefined && document !== undefined) stack.push(...takeNode(document, top, { source, event }))
  }
  return documents
}

/** Notes one node, and answers the frame that its children will need. */
function takeNode(
  document: Draft,
  top: Frame,
  node: { readonly source: string; readonly event: NodeEvent },
): readonly Frame[] {
  if (top.kind === 'mapping' && top.key === undefined) takeKey(document, top, node)
  else takeValue(document, top, node.event)
  const pointer = pointerOfNewest(top)
  if (top.kind === 'mapping' && top.index % 2 === 0) top.key = undefined
  if (node.event.type === EVENT_ID.MAPPING) return [frame('mapping', pointer)]
  return node.event.type === EVENT_ID.SEQUENCE ? [frame('sequence', pointer)] : []
}

const frame = (kind: Frame['kind'], pointer: string): Frame => ({
  kind,
  pointer,
  keys: new Set(),
  index: 0,
  key: undefined,
})

type NodeEvent = Exclude<Event, { readonly type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>

function takeKey(
  document: Draft,
  top: Frame,
  { source, event }: { readonly source: string; readonly event: NodeEvent },
): void {
  const range = rangeOf(event)
  const name = event.type === EVENT_ID.SCALAR ? getScalarValue(source, event) : '?'
  const place = { pointer: `${top.pointer}/${escaped(name)}`, name, range }
  if (top.keys.has(name)) document.repeatedKeys.push(place)
  if (name === '<<') document.mergeKeys.push(place)
  top.keys.add(name)
  top.key = { name, range }
  top.index += 1
}

function takeValue(document: Draft, top: Frame, event: NodeEvent): void {
  top.index += 1
  // A value that is left empty stands nowhere, and a block spans many lines: the key must do.
  const isOnOneLine = event.type !== EVENT_ID.SCALAR || (event.valueStart >= 0 && !isBlock(event))
  document.values.set(pointerOfNewest(top), {
    key: top.key?.range,
    value: isOnOneLine ? rangeOf(event) : (top.key?.range ?? [0, 1]),
    isCollection: event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE,
    block: event.type === EVENT_ID.SCALAR ? blockOf(event) : undefined,
  })
}

/** The pointer of what the frame took last: a key's value, the n-th item, or the document. */
function pointerOfNewest(top: Frame): string {
  if (top.kind === 'document') return ''
  return `${top.pointer}/${top.kind === 'sequence' ? top.index - 1 : escaped(top.key?.name ?? '?')}`
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

function rangeOf(event: NodeEvent): Range {
  if (event.type === EVENT_ID.SCALAR) return [event.valueStart, Math.max(event.valueStart + 1, event.valueEnd)]
  if (event.type === EVENT_ID.ALIAS) return [event.anchorStart - 1, event.anchorEnd]
  return [event.start, event.start + 1]
}

function blockOf({ style, valueStart, indent }: ScalarEvent): ValuePlace['block'] {
  return style === SCALAR_STYLE.LITERAL_BLOCK ? { start: valueStart, indent } : undefined
}

function isBlock({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK
}
