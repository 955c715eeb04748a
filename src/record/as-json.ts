import type { JsonObject } from './record.ts'

/** Plain data as the record takes it: what JSON leaves out (undefined) is left out. */
export function asJson(value: object): JsonObject {
  const text = JSON.stringify(value)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object's JSON is a JSON object
  return JSON.parse(text) as JsonObject
}
