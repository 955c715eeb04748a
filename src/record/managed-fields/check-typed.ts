import type { Json } from '../record.ts'
import { canonicalText, isList, isMap } from './json.ts'
import {
  elementOf,
  shapeOf,
  typingOfField,
  type ListTyping,
  type MapTyping,
  type Scalar,
  type Typing,
} from './typing.ts'

/** What of a configuration does not fit the schema, so that nobody could own it: unknown fields, other types, keys twice. */
export function typeMistakes(value: Json, typing: Typing, path = ''): readonly string[] {
  if (value === null) return []
  const shape = shapeOf(typing, value)
  if (shape.kind === 'scalar') return fits(value, shape) ? [] : [`${path}: expected ${shape.type}, got ${short(value)}`]
  return shape.kind === 'map' ? mapMistakes(value, shape, path) : listMistakes(value, shape, path)
}

function fits(value: Json, { type }: Scalar): boolean {
  return type === 'any' ? typeof value !== 'object' : typeof value === type
}

function mapMistakes(value: Json, shape: MapTyping, path: string): readonly string[] {
  if (!isMap(value)) return [`${path}: expected map, got ${short(value)}`]
  return Object.entries(value).flatMap(([name, item]) => {
    const below = `${path}.${name}`
    const typing = typingOfField(shape, name)
    return typing === undefined ? [`${below}: field not declared in schema`] : typeMistakes(item, typing, below)
  })
}

function listMistakes(value: Json, shape: ListTyping, path: string): readonly string[] {
  if (!isList(value)) return [`${path}: expected list, got ${short(value)}`]
  const seen = new Set<string>()
  return value.flatMap((item, at) => {
    if (shape.as === 'atomic') return typeMistakes(item, shape.items, `${path}[${at}]`)
    const element = elementOf(item, shape)
    if (element === undefined) return [`${path}: element ${at}: ${whatItemLacks(shape)}`]
    if (seen.has(element)) return [`${path}: duplicate entries for key [${element.slice(2)}]`]
    seen.add(element)
    return typeMistakes(item, shape.items, `${path}[${element.slice(2)}]`)
  })
}

function whatItemLacks({ as, keys }: ListTyping): string {
  return as === 'map' ? `an item must say ${keys.join(', ')}` : 'an item of a set must be a string, number or boolean'
}

function short(value: Json): string {
  const text = canonicalText(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
