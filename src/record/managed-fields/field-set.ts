import { byCodeUnit } from './json.ts'

/**
 * A set of fields of an object, as a tree.
 *
 * An element names one step: `f:NAME` a field, `k:{"name":"a"}` the item of a
 * list with these keys, `v:"a"` the item of a set. `members` are the fields
 * themselves; `children` hold what is owned below them, owned or not.
 * Source: Kubernetes docs, "Server-Side Apply", and KEP-555.
 */
export interface FieldSet {
  readonly members: ReadonlySet<string>
  /** No child is empty. */
  readonly children: ReadonlyMap<string, FieldSet>
}

export const noFields: FieldSet = { members: new Set(), children: new Map() }

export function isEmpty(set: FieldSet): boolean {
  return set.members.size === 0 && set.children.size === 0
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(left)) return right
  if (isEmpty(right)) return left
  const children = new Map(left.children)
  for (const [element, child] of right.children) {
    children.set(element, union(children.get(element) ?? noFields, child))
  }
  return { members: left.members.union(right.members), children }
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(left) || isEmpty(right)) return noFields
  return {
    members: left.members.intersection(right.members),
    children: eachChild(left, (element, child) => intersection(child, right.children.get(element) ?? noFields)),
  }
}

/** Without exactly the fields of `right`; what is below them stays. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(left) || isEmpty(right)) return left
  return {
    members: left.members.difference(right.members),
    children: eachChild(left, (element, child) => difference(child, right.children.get(element) ?? noFields)),
  }
}

/** Without the fields of `right` and all that is below them. */
export function differenceWithBelow(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(right)) return left
  return {
    members: left.members.difference(right.members),
    children: eachChild(left, (element, child) =>
      right.members.has(element) ? noFields : differenceWithBelow(child, right.children.get(element) ?? noFields),
    ),
  }
}

function eachChild(set: FieldSet, change: (element: string, child: FieldSet) => FieldSet): Map<string, FieldSet> {
  const children = new Map<string, FieldSet>()
  for (const [element, child] of set.children) {
    const changed = change(element, child)
    if (!isEmpty(changed)) children.set(element, changed)
  }
  return children
}

/** Every field as its path: at each step first the fields themselves, then what is below. */
export function* pathsOf(set: FieldSet, prefix: readonly string[] = []): Iterable<readonly string[]> {
  for (const element of [...set.members].toSorted(byCodeUnit)) yield [...prefix, element]
  const children = [...set.children].toSorted(([left], [right]) => byCodeUnit(left, right))
  for (const [element, child] of children) yield* pathsOf(child, [...prefix, element])
}

export function setOf(...paths: readonly (readonly string[])[]): FieldSet {
  const fields = new FieldCollector()
  for (const path of paths) {
    fields.add(path.reduce<FieldPath | undefined>((above, element) => ({ above, element }), undefined))
  }
  return fields.set
}

/** The last step to a field, and the path before it; undefined: the object itself. */
export interface FieldPath {
  readonly above: FieldPath | undefined
  readonly element: string
}

/** One that is being made. */
export interface GrowingSet {
  readonly members: Set<string>
  readonly children: Map<string, GrowingSet>
}

/** Grows a set path by path. Nobody owns the object itself. */
export class FieldCollector {
  readonly #root: GrowingSet = { members: new Set(), children: new Map() }

  get set(): FieldSet {
    return this.#root
  }

  /** `below`: all that is below it, where nothing of that was added yet. */
  add(path: FieldPath | undefined, below?: GrowingSet): void {
    if (path === undefined) return
    const node = this.#nodeAt(path.above)
    node.members.add(path.element)
    if (below !== undefined) node.children.set(path.element, below)
  }

  #nodeAt(path: FieldPath | undefined): GrowingSet {
    return path === undefined ? this.#root : childOf(this.#nodeAt(path.above), path.element)
  }
}

function childOf(node: GrowingSet, element: string): GrowingSet {
  const known = node.children.get(element)
  if (known !== undefined) return known
  const child: GrowingSet = { members: new Set(), children: new Map() }
  node.children.set(element, child)
  return child
}
