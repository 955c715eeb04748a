import { badRequest, invalidParams } from '../refusal.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The request's body as an object; no body is an empty one. */
export function objectOf(body: unknown): JsonObject {
  if (body === undefined) return {}
  if (!isObject(body)) throw badRequest('The body must be a JSON object.')
  return body
}

export function requiredText(body: JsonObject, field: string): string {
  const value = optionalText(body, field)
  if (value === null || value === '') throw invalidParams(`${field} is required.`)
  return value
}

export function optionalText(body: JsonObject, field: string): string | null {
  const value = body[field]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw invalidParams(`${field} must be a string.`)
  return value
}

export function optionalObject(body: JsonObject, field: string): JsonObject {
  const value = body[field]
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw invalidParams(`${field} must be an object.`)
  return value
}

export function optionalBoolean(body: JsonObject, field: string): boolean | null {
  const value = body[field]
  if (value === undefined || value === null) return null
  if (typeof value !== 'boolean') throw invalidParams(`${field} must be true or false.`)
  return value
}

/** A string, or an object with `id` or `name`: the CLI and Terraform differ here. */
export function reference(body: JsonObject, field: string): string | null {
  const value = body[field]
  if (isObject(value)) return optionalText(value, 'name') ?? optionalText(value, 'id')
  return optionalText(body, field)
}

/** A map of strings, as `process_types`, `env` and `config` are. */
export function textMap(body: JsonObject, field: string): Readonly<Record<string, string>> {
  const entries = Object.entries(optionalObject(body, field))
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (typeof value !== 'string') throw invalidParams(`${field}.${key} must be a string.`)
      return [key, value]
    }),
  )
}
