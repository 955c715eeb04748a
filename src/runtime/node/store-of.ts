import { JoinWindowStore } from '../store/join-window-store.ts'
import { SessionStore } from '../store/session-store.ts'
import type { TableStore } from '../store/table-store.ts'
import { TimestampedStore } from '../store/timestamped-store.ts'
import { VersionedStore } from '../store/versioned-store.ts'
import { WindowStore } from '../store/window-store.ts'
import type { TaskContext } from '../task/task-context.ts'

/** The key-value store of this name; the DSL that connected it has seen to its types. */
export function timestampedStore<K, V>(context: TaskContext, name: string): TimestampedStore<K, V> {
  const store = context.storeNamed(name)
  if (isTimestamped<K, V>(store)) return store
  throw new Error(`${name} is not a key-value store of this task`)
}

function isTimestamped<K, V>(store: unknown): store is TimestampedStore<K, V> {
  return store instanceof TimestampedStore
}

/** The store of this name that a table lies in, versioned or not. */
export function tableStore<K, V>(context: TaskContext, name: string): TableStore<K, V> {
  const store = context.storeNamed(name)
  if (isTimestamped<K, V>(store) || isVersioned<K, V>(store)) return store
  throw new Error(`${name} is not a table's store of this task`)
}

function isVersioned<K, V>(store: unknown): store is VersionedStore<K, V> {
  return store instanceof VersionedStore
}

export function windowStore<K, V>(context: TaskContext, name: string): WindowStore<K, V> {
  const store = context.stores.get(name)
  if (isWindow<K, V>(store)) return store
  throw new Error(`${name} is not a window store of this task`)
}

function isWindow<K, V>(store: unknown): store is WindowStore<K, V> {
  return store instanceof WindowStore
}

export function sessionStore<K, V>(context: TaskContext, name: string): SessionStore<K, V> {
  const store = context.stores.get(name)
  if (isSession<K, V>(store)) return store
  throw new Error(`${name} is not a session store of this task`)
}

function isSession<K, V>(store: unknown): store is SessionStore<K, V> {
  return store instanceof SessionStore
}

export function joinWindowStore<K, V>(context: TaskContext, name: string): JoinWindowStore<K, V> {
  const store = context.stores.get(name)
  if (isJoinWindow<K, V>(store)) return store
  throw new Error(`${name} is not a join store of this task`)
}

function isJoinWindow<K, V>(store: unknown): store is JoinWindowStore<K, V> {
  return store instanceof JoinWindowStore
}
