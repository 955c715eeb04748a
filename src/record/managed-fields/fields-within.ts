import type { Json } from '../record.ts'
import type { GrowingSet } from './field-set.ts'
import { itemsByElement } from './items-by-element.ts'
import { isList, isMap } from './json.ts'
import { deduced, shapeOf, typingOfField, type ListTyping, type MapTyping, type Typing } from './typing.ts'

/**
 * All fields below a value, each map and list in it among them: what comes or goes with it. Undefined where it is owned
 * as one. A create is all of it new, so this is most of what a write has to find out.
 */
export function fieldsWithin(value: Json, typing: Typing): GrowingSet | undefined {
  const shape = shapeOf(typing, value)
  if (shape.kind === 'map') return fieldsOfMap(value, shape)
  return shape.kind === 'list' ? fieldsOfList(value, shape) : undefined
}

function fieldsOfMap(value: Json, shape: MapTyping): GrowingSet | undefined {
  if (shape.atomic || !isMap(value)) return undefined
  const names = Object.keys(value)
  if (names.length === 0) return undefined
  const fields: GrowingSet = { members: new Set(), children: new Map() }
  for (const name of names) {
    const element = `f:${name}`
    fields.members.add(element)
    const below = fieldsWithin(value[name] ?? null, typingOfField(shape, name) ?? deduced)
    if (below !== undefined) fields.children.set(element, below)
  }
  return fields
}

/** Items with the same key are owned as one. */
function fieldsOfList(value: Json, shape: ListTyping): GrowingSet | undefined {
  if (shape.as === 'atomic' || !isList(value)) return undefined
  const fields: GrowingSet = { members: new Set(), children: new Map() }
  for (const [element, [item = null, ...alike]] of itemsByElement(value, shape)) {
    fields.members.add(element)
    const below = alike.length === 0 ? fieldsWithin(item, shape.items) : undefined
    if (below !== undefined) fields.children.set(element, below)
  }
  return fields.members.size === 0 ? undefined : fields
}
