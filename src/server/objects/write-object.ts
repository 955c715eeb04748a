import { asJson } from '../../record/as-json.ts'
import { printKey } from '../../record/decide-writes.ts'
import type { ControlRecord, ObjectKey, Write } from '../../record/record.ts'
import type { Claim } from '../../resource/claims.ts'
import { inReadingOrder, withMetadata, withoutMetadata, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import { isSame as isSameJson } from '../managed-fields/json.ts'

/** What is to be there, decided from what is. Undefined: nothing. It throws an `ApiFailure` to refuse. */
export type Decide = (current: ApiObject | undefined) => ApiObject | undefined

export interface Written {
  /** As it is now; what it was where it is gone. */
  readonly object: ApiObject
  readonly change: 'created' | 'changed' | 'unchanged' | 'removed'
}

export interface WriteSurroundings {
  readonly record: Pick<ControlRecord, 'write'>
  readonly cache: ObjectCache
}

/** What an object alone may have. */
export interface Claiming {
  readonly claims: (object: ApiObject) => readonly Claim[]
  /** Why it cannot have this one, which `by` has. */
  readonly taken: (object: ApiObject, claim: Claim, by: ObjectKey) => ApiFailure
}

export interface WriteOrder {
  readonly key: ObjectKey
  /** For the audit. */
  readonly actor: string
  readonly isDryRun: boolean
  readonly decide: Decide
  /** Left out: it claims nothing new. */
  readonly claiming?: Claiming | undefined
}

/** Somebody else wrote first, this many times in a row. */
const mostAttempts = 20

/**
 * Reads, decides, and writes if nobody wrote in between; otherwise once more.
 *
 * W1  The first look may be behind: a refusal, or that nothing would change, is believed only after a fresh one.
 * W2  What would change nothing is not written, and takes no version.
 */
export async function writeObject(around: WriteSurroundings, order: WriteOrder): Promise<Written> {
  const { cache } = around
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const isFresh = attempt > 0
    if (isFresh) await cache.fresh()
    const written = await tryOnce(around, order, isFresh)
    if (written !== undefined) return written
  }
  const { kind, name } = order.key
  const words = `${kind} ${JSON.stringify(name)} is being written by many at once; please try again`
  throw new ApiFailure(failure('TooManyRequests', words, { retryAfterSeconds: 1 }))
}

/** Undefined: look again. */
async function tryOnce(
  { record, cache }: WriteSurroundings,
  order: WriteOrder,
  isFresh: boolean,
): Promise<Written | undefined> {
  const stored = cache.get(order.key)
  const current = stored?.object
  const wish = decision(order.decide, current, isFresh)
  if (wish === 'look again') return undefined
  const isWritten = !isSame(current, wish) && !order.isDryRun
  const claims = newClaims(current, wish, order)
  if (!isWritten) {
    if (isFresh) refuseTaken(wish, claims, order, cache)
    return isFresh ? unwritten(current, wish) : undefined
  }

  const [result] = await record.write([writeOf(wish, order, { expected: stored?.version ?? 'absent', claims })])
  if (result?.kind === 'claimed' && isFresh) refuseClaim(wish, result.claim, result.by, order)
  return result?.kind === 'written' ? described(current, wish, String(result.version)) : undefined
}

/** Undefined: those it has stay. What clashed before there were claims can go on as it is. */
function newClaims(
  current: ApiObject | undefined,
  wish: ApiObject | undefined,
  { claiming }: WriteOrder,
): readonly Claim[] | undefined {
  if (claiming === undefined || wish === undefined) return undefined
  const claims = claiming.claims(wish)
  return current !== undefined && isSameList(claims, claiming.claims(current)) ? undefined : claims
}

function isSameList(some: readonly Claim[], others: readonly Claim[]): boolean {
  return some.length === others.length && some.every(({ name }, index) => others[index]?.name === name)
}

/** A dry run is answered as the write would be. */
function refuseTaken(
  wish: ApiObject | undefined,
  claims: readonly Claim[] | undefined,
  order: WriteOrder,
  cache: ObjectCache,
): void {
  const { key, claiming } = order
  if (claims === undefined || claiming === undefined) return
  const wanted = new Set(claims.map(({ name }) => name))
  for (const other of cache.list(key.kind).objects) {
    if (printKey(other.key) === printKey(key)) continue
    const held = claiming.claims(other.object).find(({ name }) => wanted.has(name))
    if (held !== undefined) refuseClaim(wish, held.name, other.key, order)
  }
}

function refuseClaim(wish: ApiObject | undefined, name: string, by: ObjectKey, { claiming }: WriteOrder): void {
  const claim = wish && claiming?.claims(wish).find((wanted) => wanted.name === name)
  if (wish !== undefined && claim !== undefined) throw claiming?.taken(wish, claim, by)
}

function decision(
  decide: Decide,
  current: ApiObject | undefined,
  isFresh: boolean,
): ApiObject | 'look again' | undefined {
  try {
    return decide(current)
  } catch (error) {
    if (!(error instanceof ApiFailure) || isFresh) throw error
    return 'look again'
  }
}

function isSame(current: ApiObject | undefined, wish: ApiObject | undefined): boolean {
  if (current === undefined || wish === undefined) return current === wish
  return isSameJson(asJson(bodyOf(current)), asJson(bodyOf(wish)))
}

/** Nothing changes, or nothing is to: it was a dry run. */
function unwritten(current: ApiObject | undefined, wish: ApiObject | undefined): Written | undefined {
  if (current !== undefined && isSame(current, wish)) return { object: current, change: 'unchanged' }
  return described(current, wish, current?.metadata.resourceVersion)
}

function described(
  current: ApiObject | undefined,
  wish: ApiObject | undefined,
  resourceVersion: string | undefined,
): Written | undefined {
  const object = wish ?? current
  if (object === undefined) return undefined
  const shown = inReadingOrder(
    resourceVersion === undefined
      ? withoutMetadata(object, 'resourceVersion')
      : withMetadata(object, { resourceVersion }),
  )
  if (wish === undefined) return { object: shown, change: 'removed' }
  return { object: shown, change: current === undefined ? 'created' : 'changed' }
}

function writeOf(
  wish: ApiObject | undefined,
  { key, actor }: WriteOrder,
  { expected, claims }: Pick<Write, 'expected'> & { readonly claims: readonly Claim[] | undefined },
): Write {
  if (wish === undefined) return { kind: 'remove', key, actor, expected }
  return {
    kind: 'put',
    key,
    actor,
    expected,
    ...(claims && { claims: claims.map(({ name }) => name) }),
    body: asJson(bodyOf(wish)),
  }
}

/** As the record keeps it: the version is the record's own. */
function bodyOf(object: ApiObject): ApiObject {
  return withoutMetadata(object, 'resourceVersion')
}
