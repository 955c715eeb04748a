import type { Json } from '../record.ts'
import { isList, isMap, mapOf, own } from './json.ts'
import { deduced, elementOf, shapeOf, typingOfField, type ListTyping, type MapTyping, type Typing } from './typing.ts'

/** `live` with all that `applied` says: maps and lists with keys are merged inside, all else is replaced. */
export function merge(live: Json | undefined, applied: Json | undefined, typing: Typing): Json | undefined {
  if (applied === undefined) return live
  const shape = shapeOf(typing, applied)
  if (shape.kind === 'map' && !shape.atomic) return mergeMaps(live, applied, shape)
  if (shape.kind === 'list' && shape.as !== 'atomic') return mergeLists(live, applied, shape)
  return applied
}

function mergeMaps(live: Json | undefined, applied: Json, shape: MapTyping): Json {
  const left = isMap(live) ? live : {}
  const right = isMap(applied) ? applied : {}
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  if (names.size === 0) return applied
  const entries: [string, Json][] = []
  let isAsLive = isMap(live)
  for (const name of names) {
    const before = own(left, name)
    const merged = merge(before, own(right, name), typingOfField(shape, name) ?? deduced)
    if (merged !== undefined) entries.push([name, merged])
    isAsLive &&= merged === before
  }
  // What did not change is the very same, so that comparing the two costs nothing there.
  return isAsLive ? left : mapOf(entries)
}

/**
 * The applied items in the order of their author; between them the live items
 * that he does not name, each after the item that it came after.
 */
function mergeLists(live: Json | undefined, applied: Json, shape: ListTyping): Json {
  const left = keyedItems(live, shape)
  const right = keyedItems(applied, shape)
  if (left.length + right.length === 0) return applied
  const applies = new Map(right.map(({ element, item }) => [element, item]))
  const lives = new Map(left.map(({ element, item }) => [element, item]))
  const shared = right.map(({ element }) => element).filter((element) => lives.has(element))
  const merged: Json[] = []
  let taken = 0
  let sharedTaken = 0
  const takeThrough = (last: string | undefined): void => {
    while (taken < right.length) {
      const { element = '' } = right[taken] ?? {}
      merged.push(merge(lives.get(element), applies.get(element), shape.items) ?? null)
      taken += 1
      if (lives.has(element)) sharedTaken += 1
      if (element === last) return
    }
  }
  for (const { element, item } of left) {
    if (!applies.has(element)) merged.push(item)
    else if (element === shared[sharedTaken]) takeThrough(element)
  }
  takeThrough(undefined)
  return merged
}

function keyedItems(value: Json | undefined, shape: ListTyping): readonly { element: string; item: Json }[] {
  return (isList(value) ? value : []).map((item) => ({ element: elementOf(item, shape) ?? '', item }))
}
