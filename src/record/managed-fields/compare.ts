import type { Json, JsonObject } from '../record.ts'
import { FieldCollector, type FieldPath, type FieldSet } from './field-set.ts'
import { fieldsWithin } from './fields-within.ts'
import { itemsByElement } from './items-by-element.ts'
import { isList, isMap, isSame, own } from './json.ts'
import { deduced, shapeOf, typingOfField, type ListTyping, type MapTyping, type Shape, type Typing } from './typing.ts'

/** Which fields came, changed and went. */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

export function compare(before: Json, after: Json, typing: Typing): Comparison {
  const found = { added: new FieldCollector(), modified: new FieldCollector(), removed: new FieldCollector() }
  comparePair({ before, after, path: undefined, found }, typing)
  return { added: found.added.set, modified: found.modified.set, removed: found.removed.set }
}

interface Pair {
  /** Undefined: it was not there. */
  readonly before: Json | undefined
  readonly after: Json | undefined
  readonly path: FieldPath | undefined
  readonly found: Readonly<Record<keyof Comparison, FieldCollector>>
}

function comparePair(pair: Pair, typing: Typing): void {
  const { before, after } = pair
  if (before === after) return
  if (before === undefined || after === undefined) return noteComingOrGoing(pair, typing)
  const was = shapeOf(typing, before)
  const is = shapeOf(typing, after)
  compareAs(pair, is)
  if (was !== is) compareAs(pair, was)
}

function compareAs(pair: Pair, shape: Shape): void {
  if (isWhole(pair, shape)) noteWhole(pair)
  else if (shape.kind === 'map') compareMaps(pair, shape)
  else if (shape.kind === 'list') compareLists(pair, shape)
}

function isWhole({ before, after }: Pair, shape: Shape): boolean {
  if (shape.kind === 'scalar') return true
  if (shape.kind === 'map') return shape.atomic || (isEmptyMap(before) && isEmptyMap(after))
  // Nothing inside on either side: only so are null and empty told apart.
  return shape.as === 'atomic' || (isEmptyList(before) && isEmptyList(after))
}

function isEmptyMap(value: Json | undefined): boolean {
  return !isMap(value) || Object.keys(value).length === 0
}

function isEmptyList(value: Json | undefined): boolean {
  return !isList(value) || value.length === 0
}

function noteWhole({ before, after, path, found }: Pair): void {
  if (before === undefined) found.added.add(path)
  else if (after === undefined) found.removed.add(path)
  else if (!isSame(before, after)) found.modified.add(path)
}

/** A map or list that comes or goes is itself a change, besides what it holds. */
function noteComingOrGoing({ before, after, path, found }: Pair, typing: Typing): void {
  if (after !== undefined) found.added.add(path, fieldsWithin(after, typing))
  else if (before !== undefined) found.removed.add(path, fieldsWithin(before, typing))
}

function compareMaps(pair: Pair, shape: MapTyping): void {
  const before = isMap(pair.before) ? pair.before : nothing
  const after = isMap(pair.after) ? pair.after : nothing
  for (const name of either(Object.keys(before), Object.keys(after))) {
    const below = {
      before: own(before, name),
      after: own(after, name),
      path: { above: pair.path, element: `f:${name}` },
    }
    comparePair({ ...below, found: pair.found }, typingOfField(shape, name) ?? deduced)
  }
}

const nothing: JsonObject = {}

/** Each of both lists once. Of what is new, which is most of what is compared, one list is all there is. */
function either(some: readonly string[], others: readonly string[]): Iterable<string> {
  if (some.length === 0) return others
  return others.length === 0 ? some : new Set(some).union(new Set(others))
}

function compareLists(pair: Pair, shape: ListTyping): void {
  const before = itemsByElement(pair.before, shape)
  const after = itemsByElement(pair.after, shape)
  for (const element of either([...before.keys()], [...after.keys()])) {
    const was = before.get(element) ?? []
    const is = after.get(element) ?? []
    const below = { path: { above: pair.path, element }, found: pair.found }
    if (was.length <= 1 && is.length <= 1) comparePair({ before: was[0], after: is[0], ...below }, shape.items)
    // Twice the same key: such items are owned as one.
    else noteWhole({ before: was.length === 0 ? undefined : was, after: is.length === 0 ? undefined : is, ...below })
  }
}
