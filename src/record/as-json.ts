import type { JsonObject } from './record.ts'

/** Plain data as the record takes it: what JSON leaves out (undefined) is left out. What is JSON already is taken as it is. */
export function asJson(value: object): JsonObject {
  const json: unknown = isJson(value) ? value : JSON.parse(JSON.stringify(value))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object's JSON is a JSON object
  return json as JsonObject
}

/** Each write asks some times: loops, since a call for each value costs more than the look at it. */
function isJson(value: unknown): boolean {
  if (typeof value !== 'object') return isJsonScalar(value)
  if (value === null) return true
  if (!Array.isArray(value) && !isPlain(value)) return false
  for (const inner of Object.values(value)) if (!isJson(inner)) return false
  return true
}

function isJsonScalar(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  return typeof value === 'string' || typeof value === 'boolean'
}

/** Anything else may have a `toJSON`. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && !('toJSON' in value)
}
