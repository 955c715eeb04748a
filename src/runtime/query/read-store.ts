import { KeyValueStore } from '../store/key-value-store.ts'
import { SessionStore } from '../store/session-store.ts'
import type { StateStore } from '../store/state-store.ts'
import { TimestampedStore } from '../store/timestamped-store.ts'
import { VersionedStore } from '../store/versioned-store.ts'
import { WindowStore } from '../store/window-store.ts'
import { asPlain } from './as-plain.ts'
import type { StoreEntry, StoreRead } from './question.ts'

interface Found {
  readonly entries: readonly StoreEntry[]
  readonly isCut: boolean
}

/** Reads a store as it is now, cache included, and leaves it untouched. Undefined: a store that only its node understands. */
export function readStore(store: StateStore, read: StoreRead): Found | undefined {
  if (isKeyValue(store) || isTimestamped(store) || isVersioned(store)) return readKeyed(store, read)
  if (isWindow(store)) return read.kind === 'key' ? readWindows(store, read) : refuseRange(store.name)
  if (isSession(store)) return read.kind === 'key' ? readSessions(store, read) : refuseRange(store.name)
  return undefined
}

export const mostEntries = 1000

function readKeyed(
  store: KeyValueStore<unknown, unknown> | TimestampedStore<unknown, unknown> | VersionedStore<unknown, unknown>,
  read: StoreRead,
): Found {
  if (read.kind === 'key') {
    const found = store.peek(read.key)
    return { entries: found === undefined ? [] : [toEntry(found)], isCut: false }
  }
  const entries: StoreEntry[] = []
  for (const found of store.entries(boundsOf(read))) {
    if (entries.length === read.limit) return { entries, isCut: true }
    entries.push(toEntry(found))
  }
  return { entries, isCut: false }
}

function toEntry([key, value, timestamp]: readonly [unknown, unknown, number | undefined]): StoreEntry {
  return { key: asPlain(key), value: asPlain(value), ...(timestamp !== undefined && { timestamp }) }
}

function boundsOf({ from, to }: Extract<StoreRead, { kind: 'range' }>) {
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to: behind(to) }) }
}

/** The shortest key behind this one. */
function behind(key: Uint8Array): Uint8Array {
  return Buffer.concat([key, Buffer.of(0)])
}

type KeyRead = Extract<StoreRead, { kind: 'key' }>

function readWindows(store: WindowStore<unknown, unknown>, { key: bytes, fromMs, toMs }: KeyRead): Found {
  const key = store.keySerde.deserialize(bytes)
  return cut(
    store.fetchKey(key, fromMs, toMs).map(({ start, held: { value, timestamp } }) => ({
      key: asPlain(key),
      window: { start, end: start + store.windowMs },
      value: asPlain(value),
      timestamp,
    })),
  )
}

function readSessions(store: SessionStore<unknown, unknown>, { key: bytes, fromMs, toMs }: KeyRead): Found {
  const key = store.keySerde.deserialize(bytes)
  return cut(
    store
      .find(key, fromMs, toMs)
      .map(([{ window }, value]) => ({ key: asPlain(key), window: { ...window }, value: asPlain(value) })),
  )
}

function cut(entries: readonly StoreEntry[]): Found {
  return { entries: entries.slice(0, mostEntries), isCut: entries.length > mostEntries }
}

function refuseRange(store: string): never {
  throw new Error(`${store} holds windows: ask for one key, with from and to as milliseconds`)
}

function isKeyValue(store: StateStore): store is KeyValueStore<unknown, unknown> {
  return store instanceof KeyValueStore
}

function isTimestamped(store: StateStore): store is TimestampedStore<unknown, unknown> {
  return store instanceof TimestampedStore
}

function isVersioned(store: StateStore): store is VersionedStore<unknown, unknown> {
  return store instanceof VersionedStore
}

function isWindow(store: StateStore): store is WindowStore<unknown, unknown> {
  return store instanceof WindowStore
}

function isSession(store: StateStore): store is SessionStore<unknown, unknown> {
  return store instanceof SessionStore
}
