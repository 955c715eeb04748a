import type { Json, JsonObject } from '../record.ts'
import { FieldCollector, type FieldPath, type FieldSet } from './field-set.ts'
import { isList, isMap } from './json.ts'
import { deduced, elementOf, shapeOf, typingOfField, type ListTyping, type MapTyping, type Typing } from './typing.ts'

/** The fields that an object says something about: what its author owns after applying it. */
export function fieldsOf(value: Json, typing: Typing): FieldSet {
  const fields = new FieldCollector()
  collect({ value, typing }, undefined, fields)
  return fields.set
}

interface Typed {
  readonly value: Json
  readonly typing: Typing
}

function collect({ value, typing }: Typed, path: FieldPath | undefined, fields: FieldCollector): void {
  const shape = shapeOf(typing, value)
  if (shape.kind === 'scalar') fields.add(path)
  else if (shape.kind === 'map') collectMap(value, shape, path, fields)
  else collectList(value, shape, path, fields)
}

function collectMap(value: Json, shape: MapTyping, path: FieldPath | undefined, fields: FieldCollector): void {
  if (shape.atomic) fields.add(path)
  if (shape.atomic || !isMap(value)) return
  for (const [name, item] of Object.entries(value)) {
    const below = { above: path, element: `f:${name}` }
    collect({ value: item, typing: typingOfField(shape, name) ?? deduced }, below, fields)
    // A key of a dictionary is a field of its own; a named field is there anyhow.
    if (isBare(item) || !shape.fields.has(name)) fields.add(below)
  }
}

function collectList(value: Json, shape: ListTyping, path: FieldPath | undefined, fields: FieldCollector): void {
  if (shape.as === 'atomic') fields.add(path)
  if (shape.as === 'atomic' || !isList(value)) return
  for (const item of value) {
    const element = elementOf(item, shape)
    if (element === undefined) continue
    const below = { above: path, element }
    collect({ value: item, typing: shape.items }, below, fields)
    fields.add(below)
  }
}

function isBare(item: Json): boolean {
  return item === null || (isMap(item) && isNothing(item))
}

function isNothing(map: JsonObject): boolean {
  return Object.keys(map).length === 0
}
