import { TimestampedStore } from '../store/timestamped-store.ts'
import type { TaskContext } from '../task/task-context.ts'

/** The key-value store of this name; the DSL that connected it has seen to its types. */
export function timestampedStore<K, V>(context: TaskContext, name: string): TimestampedStore<K, V> {
  const store = context.stores.get(name)
  if (isTimestamped<K, V>(store)) return store
  throw new Error(`${name} is not a key-value store of this task`)
}

function isTimestamped<K, V>(store: unknown): store is TimestampedStore<K, V> {
  return store instanceof TimestampedStore
}
