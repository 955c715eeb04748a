import type { ChangeEffect } from './schema-words.ts'
import { streamAppSchema } from './stream-app-schema.ts'

/** One field of the manifest, as `weir explain` and the reference page show it. */
export interface FieldRow {
  /** `spec.topics[].name`; empty for the manifest itself. */
  readonly path: string
  readonly type: string
  readonly isRequired: boolean
  readonly default: unknown
  readonly description: string
  readonly change: ChangeEffect | undefined
  readonly examples: readonly unknown[]
}

/** The parts of a JSON Schema that ours is made of. */
interface Schema {
  readonly type?: unknown
  readonly enum?: unknown
  readonly properties?: object
  readonly required?: readonly string[]
  readonly items?: unknown
  readonly default?: unknown
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly format?: string
  readonly 'x-change'?: ChangeEffect
}

/** Every field, the manifest itself first, each before what is in it. */
export function fieldRows(schema: Schema = streamAppSchema): readonly FieldRow[] {
  return rowsUnder(schema, '', true)
}

function rowsUnder(schema: Schema, path: string, isRequired: boolean): readonly FieldRow[] {
  const hasDefault = schema.default !== undefined
  const row: FieldRow = {
    path,
    type: typeText(schema),
    isRequired: isRequired && !hasDefault,
    default: schema.default,
    description: schema.description ?? '',
    change: schema['x-change'],
    examples: schema.examples ?? [],
  }
  const inner = isSchema(schema.items) ? schema.items : schema
  const innerPath = isSchema(schema.items) ? `${path}[]` : path
  const required = inner.required ?? []
  const fields: readonly (readonly [string, unknown])[] = Object.entries(inner.properties ?? {})
  const below = fields.flatMap(([name, field]) =>
    isSchema(field) ? rowsUnder(field, innerPath === '' ? name : `${innerPath}.${name}`, required.includes(name)) : [],
  )
  return [row, ...below]
}

function typeText(schema: Schema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map(String).join(' | ')
  if (schema.format === 'duration') return 'duration'
  if (isSchema(schema.items)) return `list of ${typeText(schema.items)}`
  if (schema.type === 'object') return schema.properties === undefined ? 'map' : 'object'
  return typeof schema.type === 'string' ? schema.type : 'any'
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}
