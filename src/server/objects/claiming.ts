import { printKey } from '../../record/decide-write.ts'
import type { ObjectKey } from '../../record/record.ts'
import type { Claim } from '../../resource/claims.ts'
import type { ApiObject } from '../api-object.ts'
import type { ApiFailure } from '../api-status.ts'
import type { ObjectCache } from '../cache/object-cache.ts'

/** What an object alone may have. */
export interface Claiming {
  readonly claims: (object: ApiObject) => readonly Claim[]
  /** Why it cannot have this one, which `by` has. */
  readonly taken: (object: ApiObject, claim: Claim, by: ObjectKey) => ApiFailure
}

/** An object as it is to be, and what of its claims is new. */
export interface Taking {
  readonly object: ApiObject | undefined
  readonly key: ObjectKey
  readonly claims: readonly Claim[] | undefined
}

/** Undefined: those it has stay. What clashed before there were claims can go on as it is. */
export function newClaims(
  current: ApiObject | undefined,
  wish: ApiObject | undefined,
  claiming: Claiming | undefined,
): readonly Claim[] | undefined {
  if (claiming === undefined || wish === undefined) return undefined
  const claims = claiming.claims(wish)
  return current !== undefined && isSameList(claims, claiming.claims(current)) ? undefined : claims
}

function isSameList(some: readonly Claim[], others: readonly Claim[]): boolean {
  return some.length === others.length && some.every(({ name }, index) => others[index]?.name === name)
}

/** A dry run is answered as the write would be. */
export function refuseTaken(taking: Taking, claiming: Claiming | undefined, cache: Pick<ObjectCache, 'list'>): void {
  if (taking.claims === undefined || claiming === undefined) return
  const wanted = new Set(taking.claims.map(({ name }) => name))
  for (const { key, object } of cache.list(taking.key.kind).objects) {
    if (printKey(key) === printKey(taking.key)) continue
    const held = claiming.claims(object).find(({ name }) => wanted.has(name))
    if (held !== undefined) refuseClaim(taking, { claim: held.name, by: key }, claiming)
  }
}

export function refuseClaim(
  { object, claims = [] }: Taking,
  { claim: name, by }: { readonly claim: string; readonly by: ObjectKey },
  claiming: Claiming | undefined,
): void {
  const claim = claims.find((wanted) => wanted.name === name)
  if (object !== undefined && claim !== undefined) throw claiming?.taken(object, claim, by)
}
