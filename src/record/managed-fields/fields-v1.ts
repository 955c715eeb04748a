import type { Json, JsonObject } from '../record.ts'
import { isEmpty, type FieldSet } from './field-set.ts'
import { byCodeUnit, canonicalText, isMap } from './json.ts'

/**
 * A field set as `fieldsV1` writes it: `{}` below each element, `.` for an
 * element that is owned itself while something below it is, too.
 */
export function printFields(set: FieldSet): JsonObject {
  return printInto({}, set)
}

/** Elements begin with their kind, so none is a name that assigning takes for a prototype. */
function printInto(printed: Record<string, Json>, { members, children }: FieldSet): JsonObject {
  const elements = [...members]
  for (const element of children.keys()) if (!members.has(element)) elements.push(element)
  for (const element of elements.toSorted(byCodeUnit)) {
    const child = children.get(element)
    if (child === undefined) printed[element] = owned
    else printed[element] = printInto(members.has(element) ? { '.': owned } : {}, child)
  }
  return printed
}

const owned: JsonObject = {}

/** Undefined where it is not what `printFields` writes; unknown kinds of element are left out, as their writers may be newer. */
export function parseFields(written: Json | undefined): FieldSet | undefined {
  if (!isMap(written)) return undefined
  const members = new Set<string>()
  const children = new Map<string, FieldSet>()
  for (const [text, below] of Object.entries(written).filter(([name]) => name !== '.')) {
    const element = parseElement(text)
    const child = parseFields(below)
    if (element === undefined || child === undefined) return undefined
    if (element === '') continue
    if (isEmpty(child) || ownsItself(below)) members.add(element)
    if (!isEmpty(child)) children.set(element, child)
  }
  return { members, children }
}

function ownsItself(below: Json): boolean {
  return isMap(below) && Object.hasOwn(below, '.')
}

/** The one text of an element; empty where its kind is unknown, undefined where it cannot be read. */
function parseElement(text: string): string | undefined {
  if (text[1] !== ':') return undefined
  switch (text.charAt(0)) {
    case 'f':
      return text
    case 'k':
    case 'v':
      return parseItem(text)
    case 'i':
      return /^i:-?\d+$/.test(text) ? text : undefined
    default:
      return ''
  }
}

function parseItem(text: string): string | undefined {
  const value = parseJson(text.slice(2))
  if (value === undefined || (text.startsWith('k') && !isMap(value))) return undefined
  return `${text.slice(0, 2)}${canonicalText(value)}`
}

function parseJson(text: string): Json | undefined {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON text holds JSON
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
