import { Refusal } from '../refusal.ts'

/** How a list may be paged: the first property is the one that holds without a `Range` header. */
export type RangeProperties = readonly [string, ...string[]]

export interface Page {
  readonly items: readonly unknown[]
  readonly status: 200 | 206
  readonly contentRange: string | null
  readonly nextRange: string | null
}

interface Asked {
  readonly property: string
  readonly first: string
  readonly firstExcluded: boolean
  readonly last: string
  readonly max: number
  readonly descending: boolean
}

/** Pages of 200, 1,000 at most: remembered from the Platform API reference, not verified. */
const usualMax = 200
const largestMax = 1_000

/** `Range: version ..; max=1,order=desc` and the answers to it: 200, or 206 with `Next-Range`, whose `]` excludes. */
export function pageOf(list: readonly unknown[], properties: RangeProperties, header: string | undefined): Page {
  const asked = parseRange(header ?? `${properties[0]} ..`, properties)
  const valueOf = (item: unknown): string | number => propertyOf(item, asked.property)
  const sorted = list.toSorted((a, b) => compare(valueOf(a), valueOf(b)) * (asked.descending ? -1 : 1))
  const within = sorted.filter((item) => isWithin(valueOf(item), asked))
  const items = within.slice(0, asked.max)
  const end = items.at(-1)
  const isWhole = items.length === within.length
  return {
    items,
    status: isWhole ? 200 : 206,
    contentRange: end === undefined ? null : `${asked.property} ${valueOf(items[0])}..${valueOf(end)}`,
    nextRange: isWhole || end === undefined ? null : nextRange(asked, valueOf(end)),
  }
}

const nextRange = (asked: Asked, end: string | number): string =>
  `${asked.property} ]${end}..${asked.last}; max=${asked.max}${asked.descending ? ', order=desc' : ''}`

function parseRange(header: string, properties: RangeProperties): Asked {
  const [range = '', rest = ''] = header.split(';', 2)
  const options = optionsOf(rest)
  const { named = properties[0], excluded, first = '', last = '' } = rangePattern.exec(range)?.groups ?? { named: '' }
  if (!properties.includes(named) || options === null) throw unsatisfiable(header, properties)
  return { property: named, firstExcluded: excluded === ']', first, last, ...options }
}

const rangePattern = /^\s*(?:(?<named>[\w-]+)\s+)?(?<excluded>\]?)(?<first>\S*?)\.\.(?<last>\S*)\s*$/

function optionsOf(text: string): Pick<Asked, 'max' | 'descending'> | null {
  const options = new Map(text.split(',').map((option) => pairOf(option)))
  const max = Number(options.get('max') ?? usualMax)
  const order = options.get('order') ?? 'asc'
  if (!Number.isInteger(max) || max < 1 || !['asc', 'desc'].includes(order)) return null
  return { max: Math.min(max, largestMax), descending: order === 'desc' }
}

function pairOf(option: string): readonly [string, string] {
  const [name = '', value = ''] = option.split('=', 2)
  return [name.trim(), value.trim()]
}

const unsatisfiable = (header: string, properties: RangeProperties): Refusal =>
  new Refusal(416, {
    id: 'requested_range_not_satisfiable',
    message: `Range "${header}" cannot be answered; this list is ordered by ${properties.join(' or ')}.`,
  })

/** In descending order the range runs from its first value down. */
function isWithin(value: string | number, { first, firstExcluded, last, descending }: Asked): boolean {
  const sign = descending ? -1 : 1
  const afterFirst = first === '' ? 1 : compareText(value, first) * sign
  const beforeLast = last === '' ? -1 : compareText(value, last) * sign
  return (firstExcluded ? afterFirst > 0 : afterFirst >= 0) && beforeLast <= 0
}

const compareText = (value: string | number, text: string): number =>
  compare(value, typeof value === 'number' ? Number(text) : text)

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function propertyOf(item: unknown, property: string): string | number {
  const value: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, property) : undefined
  return typeof value === 'number' || typeof value === 'string' ? value : ''
}
