import type { Json } from '../../record/record.ts'
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
export function weightOf(value: Json): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 4
  let weight = 2
  if (Array.isArray(value)) for (const item of value) weight += weightOf(item) + 1
  else for (const [name, inner] of Object.entries(value)) weight += name.length + 4 + weightOf(inner)
  return weight
}

/**
 * Refuses what the record cannot keep, or should not: Postgres takes no NUL and no half of a surrogate pair in JSON, and
 * would refuse everybody's write that went out with this one. An object grows by patches and by its owners, too, however
 * small each body is; one that is too large would cut whoever watches it. `value` is no deeper than a body may be.
 */
export function checkBounds(value: Json): void {
  let weight = 0
  const texts = (text: string): void => {
    weight += text.length
    if (text.includes('\0')) throw unkeepable('it holds a NUL character')
    if (!text.isWellFormed()) throw unkeepable('it holds one half of a UTF-16 surrogate pair')
  }
  const walk = (inner: Json): void => {
    weight += 4
    if (typeof inner === 'string') return texts(inner)
    if (typeof inner !== 'object' || inner === null) return
    if (Array.isArray(inner)) return inner.forEach(walk)
    for (const [name, item] of Object.entries(inner)) {
      texts(name)
      walk(item)
    }
  }
  walk(value)
  if (weight <= mostCharacters) return
  const words = `the object is too large: it has about ${weight} characters, and ${mostCharacters} are allowed; keep large data elsewhere`
  throw new ApiFailure(failure('RequestEntityTooLarge', words))
}

function unkeepable(why: string): ApiFailure {
  return new ApiFailure(failure('BadRequest', `the object cannot be kept: ${why}`))
}
