import type { Json } from '../record.ts'
import type { FieldSet } from './field-set.ts'
import { isList, isMap, mapOf } from './json.ts'
import {
  deduced,
  elementOf,
  shapeOf,
  typingBelow,
  typingOfField,
  type ListTyping,
  type MapTyping,
  type Typing,
} from './typing.ts'

/** `value` without the fields of `gone`; a map or list that is left with nothing becomes null. */
export function withoutFields(value: Json, gone: FieldSet, typing: Typing): Json {
  const shape = shapeOf(typing, value)
  if (shape.kind === 'scalar') return value
  return shape.kind === 'map' ? withoutFieldsOfMap(value, gone, shape) : withoutItems(value, gone, shape)
}

function withoutFieldsOfMap(value: Json, gone: FieldSet, shape: MapTyping): Json {
  if (!isMap(value) || shape.atomic) return null
  const entries: [string, Json][] = []
  for (const [name, item] of Object.entries(value)) {
    const element = `f:${name}`
    if (gone.members.has(element)) continue
    const below = gone.children.get(element)
    const typing = typingOfField(shape, name) ?? deduced
    entries.push([name, below === undefined ? item : withoutFields(item, below, typing)])
  }
  return entries.length === 0 ? null : mapOf(entries)
}

function withoutItems(value: Json, gone: FieldSet, shape: ListTyping): Json {
  if (!isList(value) || shape.as === 'atomic') return null
  const items: Json[] = []
  for (const item of value) {
    const element = elementOf(item, shape)
    if (element === undefined || gone.members.has(element)) continue
    const below = gone.children.get(element)
    items.push(below === undefined ? item : withoutFields(item, below, shape.items))
  }
  return items.length === 0 ? null : items
}

/** With each named field of the schema under which something is owned: it goes when that goes. */
export function withNamedFields(set: FieldSet, typing: Typing | undefined): FieldSet {
  const members = new Set(set.members)
  const children = new Map<string, FieldSet>()
  for (const [element, child] of set.children) {
    const isNamed = typing?.kind === 'map' && element.startsWith('f:') && typing.fields.has(element.slice(2))
    if (isNamed) members.add(element)
    children.set(element, withNamedFields(child, typingBelow(typing, element)))
  }
  return { members, children }
}
