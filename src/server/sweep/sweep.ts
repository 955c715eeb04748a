import type { ObjectKey } from '../../record/record.ts'
import { objectAt, withMetadata, withoutMetadata, type ApiObject } from '../api-object.ts'
import { ApiFailure } from '../api-status.ts'
import { tokenKind } from '../access/authenticate.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import type { ObjectsSurroundings } from '../objects/call.ts'
import { foregroundFinalizer, orphanFinalizer, withoutFinalizers } from '../objects/delete-objects.ts'
import { dismissed } from '../objects/life.ts'
import { writeObject, type Decide } from '../objects/write-object.ts'
import { isPastEvent } from './past-event.ts'

/** One thing that nobody asked for and that follows from what is there. */
interface Chore {
  readonly key: ObjectKey
  readonly decide: Decide
}

/**
 * What is to be tidied up, seen from the cache: objects of namespaces that go,
 * objects whose owners are gone, owners that wait for what they own, tokens
 * and events past their time. Level-triggered: what was missed is found the next time.
 * Source: Kubernetes docs, "Garbage Collection", "Finalizers".
 */
function chores(cache: ObjectCache, kinds: readonly string[], nowMs: number): readonly Chore[] {
  const objects = kinds.flatMap((kind) => cache.list(kind).objects)
  const byUid = new Map(objects.map((kept) => [kept.object.metadata.uid, kept]))
  const going = new Set(
    objects
      .filter(({ key, object }) => key.kind === 'Namespace' && object.metadata.deletionTimestamp !== undefined)
      .map(({ key }) => key.name),
  )
  const full = new Set(objects.map(({ key }) => key.namespace))
  const tidying = new Set(objects.filter(({ key }) => key.kind === 'StreamApp').map(({ key }) => key.namespace))
  return objects.flatMap(({ key, object }): readonly Chore[] => {
    const decide = choreOf(key, object, { going, full, tidying, byUid, objects, nowMs })
    return decide === undefined ? [] : [{ key, decide }]
  })
}

interface Kept {
  readonly key: ObjectKey
  readonly object: ApiObject
}

interface Scene {
  /** Namespaces that are told to go. */
  readonly going: ReadonlySet<string>
  /** Namespaces with something in them. */
  readonly full: ReadonlySet<string>
  /** Namespaces with StreamApps in them, which may be tidied up with a token that stands in a Secret beside them. */
  readonly tidying: ReadonlySet<string>
  readonly byUid: ReadonlyMap<string | undefined, Kept>
  readonly objects: readonly Kept[]
  readonly nowMs: number
}

function choreOf(key: ObjectKey, object: ApiObject, scene: Scene): Decide | undefined {
  const isGoing = object.metadata.deletionTimestamp !== undefined
  if (key.kind === 'Namespace') return isGoing && !scene.full.has(key.name) ? gone : undefined
  if (isPast(key, object, scene.nowMs)) return gone
  if (isGoing) return waitOver({ key, object }, scene)
  if (key.kind === 'Secret' && scene.tidying.has(key.namespace)) return ownersChore({ key, object }, scene)
  if (scene.going.has(key.namespace)) return (current) => current && dismissed(current, scene.nowMs)
  return ownersChore({ key, object }, scene)
}

const gone: Decide = () => undefined

function isPast({ kind }: ObjectKey, object: ApiObject, nowMs: number): boolean {
  return kind === tokenKind ? isExpired(object, nowMs) : kind === 'Event' && isPastEvent(object, nowMs)
}

function isExpired(token: ApiObject, nowMs: number): boolean {
  const { expiresAt } = objectAt(token, 'spec')
  return typeof expiresAt !== 'string' || Date.parse(expiresAt) <= nowMs
}

/** An owner that went by `Orphan` lets go of what it owns; one that went by `Foreground` waits until that is gone. */
function waitOver(owner: Kept, { objects }: Scene): Decide | undefined {
  const { finalizers = [] } = owner.object.metadata
  const waits = finalizers.includes(orphanFinalizer) || finalizers.includes(foregroundFinalizer)
  const hasOwned = waits && objects.some((other) => owns(owner, other))
  if (!waits || hasOwned) return undefined
  return (current) => current && withoutFinalizers(current, orphanFinalizer, foregroundFinalizer)
}

function owns(owner: Kept, owned: Kept): boolean {
  const { uid } = owner.object.metadata
  return mayOwn(owner, owned.key) && (owned.object.metadata.ownerReferences ?? []).some((by) => by.uid === uid)
}

/** Nobody owns across namespaces, or who may write in one would hold up, or find out, what there is in another. */
function mayOwn({ key }: Kept, { namespace }: ObjectKey): boolean {
  return key.namespace === '' || key.namespace === namespace
}

/** Owned by nobody who is there: it goes. By one who orphans it: it stays, owned no more. */
function ownersChore({ key, object }: Kept, scene: Scene): Decide | undefined {
  const { ownerReferences = [] } = object.metadata
  if (ownerReferences.length === 0) return undefined
  const owners = ownerReferences.flatMap(({ uid }) => {
    const owner = scene.byUid.get(uid)
    return owner !== undefined && mayOwn(owner, key) ? [owner.object] : []
  })
  const orphaning = new Set(owners.filter((owner) => isWaiting(owner, orphanFinalizer)).map(uidOf))
  if (orphaning.size > 0) return (current) => current && withoutOwners(current, orphaning)
  const isOwned = owners.some((owner) => !isWaiting(owner, foregroundFinalizer))
  return isOwned ? undefined : (current) => current && dismissed(current, scene.nowMs)
}

function isWaiting({ metadata: { deletionTimestamp, finalizers = [] } }: ApiObject, finalizer: string): boolean {
  return deletionTimestamp !== undefined && finalizers.includes(finalizer)
}

function uidOf({ metadata: { uid = '' } }: ApiObject): string {
  return uid
}

function withoutOwners(object: ApiObject, uids: ReadonlySet<string>): ApiObject {
  const ownerReferences = (object.metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid))
  return ownerReferences.length === 0
    ? withoutMetadata(object, 'ownerReferences')
    : withMetadata(object, { ownerReferences })
}

/** Does every chore once. True where there was one: doing it may have made another. */
export async function sweepOnce(around: ObjectsSurroundings, kinds: readonly string[]): Promise<boolean> {
  await around.cache.fresh()
  const found = chores(around.cache, kinds, around.nowMs())
  for (const { key, decide } of found) {
    // Somebody may have taken the object away first, which is what was to happen.
    const order = {
      key,
      actor: 'server',
      isDryRun: false,
      decide: (current: ApiObject | undefined) => current && decide(current),
    }
    await writeObject(around, order).catch(ignoreRefusal)
  }
  return found.length > 0
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof ApiFailure)) throw error
}
