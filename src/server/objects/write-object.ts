import { asJson } from '../../record/as-json.ts'
import { checkBounds } from '../admit/bounds.ts'
import type { Change, ControlRecord, ObjectKey, Write, WriteResult } from '../../record/record.ts'
import { inReadingOrder, withMetadata, withoutMetadata, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import type { CachedObject } from '../cache/cached-object.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import { isSame as isSameJson } from '../../record/managed-fields/json.ts'
import { newClaims, refuseClaim, refuseTaken, type Claiming, type Taking } from './claiming.ts'

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
  if (wish !== undefined) checkBounds(wish)
  const taking = { object: wish, key: order.key, claims: newClaims(current, wish, order.claiming) }
  if (order.isDryRun || isSame(current, wish)) {
    if (!isFresh) return undefined
    refuseTaken(taking, order.claiming, cache)
    return unwritten(current, wish)
  }
  const write = writeOf(taking, order, stored)
  const [result] = await record.write([write])
  if (result?.kind === 'written') {
    cache.learn(changeOf(write, stored, result.version))
    return described(current, wish, String(result.version))
  }
  if (isFresh) refuseIfTaken(result, taking, order)
  return undefined
}

/** Whoever has what is claimed was there before the fresh look, or while it was decided: both are to be told. */
function refuseIfTaken(result: WriteResult | undefined, taking: Taking, { claiming }: WriteOrder): void {
  if (result?.kind === 'claimed') refuseClaim(taking, result, claiming)
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
  return isSameJson(bodyOf(current), bodyOf(wish))
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

function writeOf({ object, claims }: Taking, { key, actor }: WriteOrder, stored: CachedObject | undefined): Write {
  const expected = stored?.version ?? 'absent'
  if (object === undefined) return { kind: 'remove', key, actor, expected }
  return {
    kind: 'put',
    key,
    actor,
    expected,
    ...(claims && { claims: claims.map(({ name }) => name) }),
    body: asJson(bodyOf(object)),
  }
}

function changeOf(write: Write, stored: CachedObject | undefined, version: number): Change {
  const { key } = write
  if (write.kind === 'remove') return { kind: 'removed', object: { key, body: stored?.object ?? {}, version } }
  return { kind: stored === undefined ? 'added' : 'modified', object: { key, body: write.body, version } }
}

/** As the record keeps it: the version is the record's own. */
function bodyOf(object: ApiObject): ApiObject {
  return withoutMetadata(object, 'resourceVersion')
}
