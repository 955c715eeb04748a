import { Bell } from '../../base/bell.ts'
import type { Clock } from '../../base/clock.ts'
import type { CacheEvent, CachedObject } from '../cache/cached-object.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import type { ObjectsSurroundings } from '../objects/call.ts'
import { sweepOnce } from './sweep.ts'

/** Writes come in crowds: one look answers for all that came within this time. */
const gatherMs = 100
/** Tokens run out, and events grow old, without a write. */
const lookAgainMs = 60_000

/** Tidies up after each write that may leave something behind, until the signal fires. The cache is followed by somebody else. */
export async function keepSwept(
  around: ObjectsSurroundings & { readonly clock: Clock },
  kinds: readonly string[],
  say: (message: string, fields: object) => void,
  signal: AbortSignal,
): Promise<void> {
  const { cache, clock } = around
  while (!signal.aborted) {
    const since = cache.version
    const found = await sweepOnce(around, kinds).catch((error: unknown) => {
      say('sweep-failed', { error: String(error) })
      return false
    })
    if (!found) await untilSomethingIsLeft(cache, kinds, { since, clock, signal })
    await clock.sleep(gatherMs, signal)
  }
}

/** A look goes over all objects, so a write of one that leaves nothing behind asks for none. */
async function untilSomethingIsLeft(
  cache: ObjectCache,
  kinds: readonly string[],
  { since, clock, signal }: { readonly since: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const bell = new Bell()
  const heard = bell.wait(lookAgainMs, clock, signal)
  const listener = {
    onEvent: (event: CacheEvent) => {
      if (mayLeaveSomething(event, cache)) bell.ring()
    },
    onGone: () => bell.ring(),
  }
  const listening = kinds.map((kind) => cache.listen(kind, since, listener))
  if (listening.includes(undefined)) bell.ring()
  await heard
  for (const stop of listening) stop?.()
}

/** An object that went or goes, is or was owned, or came into a namespace that goes. */
export function mayLeaveSomething({ now, before }: CacheEvent, cache: Pick<ObjectCache, 'get'>): boolean {
  if (now === undefined || isGoing(now) || isOwned(now) || (before !== undefined && isOwned(before))) return true
  const namespace = cache.get({ kind: 'Namespace', namespace: '', name: now.key.namespace })
  return namespace !== undefined && isGoing(namespace)
}

function isGoing({ object }: CachedObject): boolean {
  return object.metadata.deletionTimestamp !== undefined
}

function isOwned({ object }: CachedObject): boolean {
  return (object.metadata.ownerReferences ?? []).length > 0
}
