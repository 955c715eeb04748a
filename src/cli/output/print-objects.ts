import { dump } from 'js-yaml'
import { fieldsOf } from '../../base/fields-of.ts'
import { unreachable } from '../../base/unreachable.ts'
import { fillJsonPath } from './fill-json-path.ts'
import type { DocumentFormat } from './output-format.ts'

/**
 * Objects as `-o` asks for them: one as it is, several as a `List`. The server's
 * book-keeping of who owns which field, which no person reads, is left out; kubectl leaves it out, too.
 */
export function printObjects(bodies: readonly unknown[], format: DocumentFormat): string {
  const clean = bodies.map(withoutManagedFields)
  const [only] = clean
  const whole = clean.length === 1 ? only : { apiVersion: 'v1', kind: 'List', items: clean.flatMap(itemsOf) }
  switch (format.kind) {
    case 'json':
      return `${JSON.stringify(whole, undefined, 2)}\n`
    case 'yaml':
      return dump(whole, { lineWidth: -1 })
    case 'name':
      return itemsOf(whole)
        .map((object) => `${typedName(object)}\n`)
        .join('')
    case 'jsonpath':
      return fillJsonPath(format.template, whole)
    default:
      return unreachable(format)
  }
}

/** `streamapp/word-count`. */
export function typedName(object: unknown): string {
  const { kind, metadata } = fieldsOf(object)
  const { name } = fieldsOf(metadata)
  return `${typeof kind === 'string' ? kind.toLowerCase() : 'object'}/${String(name)}`
}

export function withoutManagedFields(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, (key, value: unknown) => (key === 'managedFields' ? undefined : value)))
}

/** A list's objects; they carry no kind of their own in a list, so it is the list's without `List`. */
export function itemsOf(body: unknown): readonly unknown[] {
  const { kind, apiVersion, items } = fieldsOf(body)
  if (!Array.isArray(items)) return [body]
  const itemKind = typeof kind === 'string' && kind !== 'List' ? kind.replace(/List$/, '') : undefined
  return items.map((item: unknown) => ({
    ...(itemKind === undefined ? {} : { apiVersion, kind: itemKind }),
    ...(typeof item === 'object' ? item : {}),
  }))
}
