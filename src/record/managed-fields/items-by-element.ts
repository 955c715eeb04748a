import type { Json } from '../record.ts'
import { isList } from './json.ts'
import { elementOf, type ListTyping } from './typing.ts'

/** The items of a list by the step to them; those that do not say which one they are are left out. */
export function itemsByElement(value: Json | undefined, shape: ListTyping): ReadonlyMap<string, readonly Json[]> {
  const items = new Map<string, Json[]>()
  for (const item of isList(value) ? value : []) {
    const element = elementOf(item, shape)
    if (element === undefined) continue
    const alike = items.get(element)
    if (alike === undefined) items.set(element, [item])
    else alike.push(item)
  }
  return items
}
