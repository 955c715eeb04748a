import type { Json } from '../../record/record.ts'
import { isList } from '../../record/managed-fields/json.ts'
import { ApiFailure, failure } from '../api-status.ts'

/** Levels of lists and maps in each other. */
export const deepest = 100

/** As much as Kubernetes' etcd takes of one object (`--max-request-bytes`). */
const mostCharacters = 1.5 * 1024 * 1024

/** How many levels of lists and maps are in each other; counted no further than one too many. */
export function depthOf(value: Json, most = deepest): number {
  if (typeof value !== 'object' || value === null || most < 0) return 0
  let depth = 0
  for (const inner of Object.values(value)) depth = Math.max(depth, depthOf(inner, most - 1))
  return depth + 1
}

/** About as many characters as its JSON has. */
export function weightOf(value: Json, ofText = lengthOf): number {
  if (typeof value === 'string') return ofText(value) + 2
  if (typeof value !== 'object' || value === null) return 4
  let weight = 2
  if (isList(value)) for (const item of value) weight += weightOf(item, ofText) + 1
  else for (const name of Object.keys(value)) weight += ofText(name) + 4 + weightOf(value[name] ?? null, ofText)
  return weight
}

const lengthOf = (text: string): number => text.length

/**
 * Refuses what the record cannot keep, or should not: Postgres takes no NUL and no half of a surrogate pair in JSON, and
 * would refuse everybody's write that went out with this one. An object grows by patches and by its owners, too, however
 * small each body is; one that is too large would cut whoever watches it. `value` is no deeper than a body may be.
 */
export function checkBounds(value: Json): void {
  const weight = weightOf(value, lengthOfSound)
  if (weight <= mostCharacters) return
  const words = `the object is too large: it has about ${weight} characters, and ${mostCharacters} are allowed; keep large data elsewhere`
  throw new ApiFailure(failure('RequestEntityTooLarge', words))
}

function lengthOfSound(text: string): number {
  if (text.includes('\0')) throw unkeepable('it holds a NUL character')
  if (!text.isWellFormed()) throw unkeepable('it holds one half of a UTF-16 surrogate pair')
  return text.length
}

function unkeepable(why: string): ApiFailure {
  return new ApiFailure(failure('BadRequest', `the object cannot be kept: ${why}`))
}
