import BTreeModule from 'sorted-btree'
import type { Change, ControlRecord, ObjectKey, StoredObject } from '../../record/record.ts'
import { weightOf } from '../admit/bounds.ts'
import { CachedObject, type CacheEvent } from './cached-object.ts'

const BTree = BTreeModule.default
type Objects = BTreeModule.default<string, CachedObject>

export interface Snapshot {
  /** In order of namespace and name. */
  readonly objects: readonly CachedObject[]
  readonly version: number
}

export interface Listener {
  /** Every change after the version that was asked for, in order, each once. */
  readonly onEvent: (event: CacheEvent) => void
  /** Changes were missed: list again. Nothing follows. */
  readonly onGone: () => void
}

/** Changes kept for watchers that come back; the record's own log goes further, but does not know what was before. */
const mostEvents = 10_000
/** In characters of their objects: of what is large, fewer. */
const mostWeight = 32 * 1024 * 1024
/** Few enough for memory where each is as large as an object may be. */
const changesAtOnce = 100

/**
 * All objects of the kinds it is told of, as the record had them a moment ago,
 * and the latest changes.
 *
 * C1  What `fresh` resolves to includes every write that was acknowledged before it was called.
 * C2  A listener hears every change after the version it named, once, in order, or `onGone`.
 * C3  Without `fresh` it may be behind, and never goes back. It is not behind its own process' last write, unless others wrote.
 */
export class ObjectCache {
  readonly #record: Pick<ControlRecord, 'list' | 'changesSince' | 'onWrite'>
  readonly #kinds: ReadonlyMap<string, Objects>
  readonly #listeners = new Map<string, Set<Listener>>()
  #events: CacheEvent[] = []
  #weight = 0
  #oldest = 0
  #version: number | undefined
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(record: Pick<ControlRecord, 'list' | 'changesSince' | 'onWrite'>, kinds: readonly string[]) {
    this.#record = record
    this.#kinds = new Map(kinds.map((kind) => [kind, new BTree<string, CachedObject>()]))
  }

  get version(): number {
    return this.#version ?? 0
  }

  has(kind: string): boolean {
    return this.#kinds.has(kind)
  }

  /** Up to date with the record as of this call. Readers that come together share one look. */
  fresh(): Promise<void> {
    if (this.#next !== undefined) return this.#next
    const before = this.#running
    const look = before === undefined ? this.#look() : before.then(ignore, ignore).then(() => this.#look())
    if (before === undefined) this.#begin(look)
    else this.#next = look
    return look
  }

  get({ kind, namespace, name }: ObjectKey): CachedObject | undefined {
    return this.#of(kind).get(placeOf(namespace, name))
  }

  list(kind: string, namespace?: string): Snapshot {
    return { objects: within(this.#of(kind), namespace), version: this.version }
  }

  /** The list as it was at `version`. Undefined where that is too long ago. */
  listAt(kind: string, namespace: string | undefined, version: number): Snapshot | undefined {
    if (version < this.#oldest) return undefined
    const objects = this.#of(kind).clone()
    for (const { version: at, now, before } of this.#events.toReversed()) {
      if (at <= version) break
      const key = (now ?? before)?.key
      if (key?.kind !== kind) continue
      if (before === undefined) objects.delete(placeOf(key.namespace, key.name))
      else objects.set(placeOf(key.namespace, key.name), before)
    }
    return { objects: within(objects, namespace), version }
  }

  /** Undefined where `since` is too long ago. What happened since is handed over before this returns. */
  listen(kind: string, since: number, listener: Listener): (() => void) | undefined {
    const missed = this.changesAfter(kind, since)
    if (missed === undefined) return undefined
    const listeners = this.#listeners.get(kind) ?? new Set()
    this.#listeners.set(kind, listeners.add(listener))
    for (const event of missed) listener.onEvent(event)
    return () => listeners.delete(listener)
  }

  /** What happened to a kind after `since`, in order. Undefined where that is too long ago. */
  changesAfter(kind: string, since: number): readonly CacheEvent[] | undefined {
    return since < this.#oldest ? undefined : this.#eventsAfter(since).filter((event) => kindOf(event) === kind)
  }

  /** Follows the record until the signal fires; `onLost` hears of each look that failed. */
  follow(onLost: (cause: unknown) => void, signal: AbortSignal): void {
    this.#record.onWrite((version) => {
      // What we wrote ourselves is often heard of before we were answered.
      setImmediate(() => {
        if (signal.aborted || (version !== undefined && version <= this.version)) return
        this.fresh().catch(onLost)
      })
    }, signal)
  }

  /** What we have just written ourselves need not be asked for, where it is the very next change. */
  learn(change: Change): void {
    if (this.#version !== undefined && change.object.version === this.#version + 1) this.#take(change)
  }

  #of(kind: string): Objects {
    const objects = this.#kinds.get(kind)
    if (objects === undefined) throw new Error(`the cache was not told of the kind ${kind}`)
    return objects
  }

  #begin(look: Promise<void>): void {
    this.#running = look
    const end = (): void => {
      this.#running = undefined
      const next = this.#next
      this.#next = undefined
      if (next !== undefined) this.#begin(next)
    }
    look.then(end, end)
  }

  async #look(): Promise<void> {
    if (this.#version === undefined) return this.#load()
    for (let version = this.#version; ;) {
      const answer = await this.#record.changesSince(version, changesAtOnce)
      if (answer.kind === 'gone') return this.#load()
      for (const change of answer.changes) this.#take(change)
      version = Math.max(answer.version, this.version)
      this.#version = version
      if (answer.changes.length < changesAtOnce) return
    }
  }

  /** Each kind is listed at a version of its own; the changes since the earliest of them make one whole. */
  async #load(): Promise<void> {
    const lists = await Promise.all(
      [...this.#kinds.keys()].map(async (kind) => [kind, await this.#record.list(kind)] as const),
    )
    const since = Math.min(...lists.map(([, { version }]) => version))
    for (const [kind, { objects }] of lists) {
      const kept = this.#of(kind)
      kept.clear()
      for (const stored of objects) kept.set(placeOf(stored.key.namespace, stored.key.name), new CachedObject(stored))
    }
    this.#events = []
    this.#version = since
    await this.#look()
    this.#events = []
    this.#weight = 0
    this.#oldest = this.version
    for (const listeners of this.#listeners.values()) {
      for (const listener of listeners) listener.onGone()
      listeners.clear()
    }
  }

  /** The next change. One that was learned already while somebody asked for it comes twice. */
  #take(change: Change): void {
    if (change.object.version <= this.version) return
    this.#apply(change)
    this.#version = change.object.version
  }

  #apply({ kind: change, object }: Change): void {
    const objects = this.#kinds.get(object.key.kind)
    if (objects === undefined) return
    const event = eventOf(change, object, objects)
    if (event === undefined) return
    this.#events.push(event)
    this.#weight += event.weight
    if (this.#events.length > mostEvents * 1.2 || this.#weight > mostWeight * 1.2) this.#forget()
    for (const listener of this.#listeners.get(object.key.kind) ?? []) listener.onEvent(event)
  }

  /** Many at once, since taking the first of an array away moves all others. The latest stays, however large it is. */
  #forget(): void {
    let count = Math.max(0, this.#events.length - mostEvents)
    let weight = this.#weight
    for (let at = 0; at < this.#events.length - 1 && (at < count || weight > mostWeight); at += 1) {
      weight -= this.#events[at]?.weight ?? 0
      count = Math.max(count, at + 1)
    }
    const dropped = this.#events.splice(0, count)
    this.#weight = weight
    this.#oldest = dropped.at(-1)?.version ?? this.#oldest
  }

  #eventsAfter(version: number): readonly CacheEvent[] {
    let low = 0
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#events[middle]?.version ?? Infinity) <= version) low = middle + 1
      else high = middle
    }
    return this.#events.slice(low)
  }
}

/** Applies a change, unless a list has seen it already. */
function eventOf(change: Change['kind'], stored: StoredObject, objects: Objects): CacheEvent | undefined {
  const { key, version } = stored
  const place = placeOf(key.namespace, key.name)
  const before = objects.get(place)
  if (before !== undefined && before.version >= version) return undefined
  if (change === 'removed') {
    objects.delete(place)
    return before === undefined ? undefined : { version, now: undefined, before, weight: 0, lines: new Map() }
  }
  const now = new CachedObject(stored)
  objects.set(place, now)
  return { version, now, before, weight: weightOf(stored.body), lines: new Map() }
}

function within(objects: Objects, namespace: string | undefined): readonly CachedObject[] {
  if (namespace === undefined) return objects.valuesArray()
  return objects.getRange(placeOf(namespace, ''), `${namespace}\u0001`).map(([, object]) => object)
}

function kindOf({ now, before }: CacheEvent): string | undefined {
  return (now ?? before)?.key.kind
}

/** Orders by namespace, then name; NUL sorts before all that names are made of. */
function placeOf(namespace: string, name: string): string {
  return `${namespace}\0${name}`
}

function ignore(): void {}
