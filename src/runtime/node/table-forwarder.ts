import type { CacheListener } from '../store/table-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'

/**
 * How a node that writes a table tells its children: at once, or, where a cache
 * holds updates back, when they leave the cache.
 * Kafka's `TimestampedTupleForwarder` and `TimestampedCacheFlushListener`.
 */
export class TableForwarder<K, V> {
  readonly #isCached: boolean
  readonly #sendOldValues: boolean
  readonly #forwardAt: (timestamp: number, key: K, change: Change<V>) => void

  constructor(
    store: { listen(listener: CacheListener<K, V>, sendOldValues: boolean): boolean },
    context: TaskContext,
    forwardAt: (timestamp: number, key: K, change: Change<V>) => void,
    sendOldValues: boolean,
  ) {
    this.#sendOldValues = sendOldValues
    this.#forwardAt = forwardAt
    this.#isCached = store.listen((key, newValue, oldValue) => {
      const change = { newValue: newValue?.value ?? null, oldValue: oldValue?.value ?? null }
      forwardAt(newValue?.timestamp ?? context.timestamp, key, change)
    }, sendOldValues)
  }

  forward(timestamp: number, key: K, newValue: V | null, oldValue: V | null): void {
    if (this.#isCached) return
    this.#forwardAt(timestamp, key, { newValue, oldValue: this.#sendOldValues ? oldValue : null })
  }

  /** Of a versioned store, which has no cache. */
  forwardLate(timestamp: number, key: K, newValue: V | null, oldValue: V | null): void {
    this.#forwardAt(timestamp, key, { newValue, oldValue: this.#sendOldValues ? oldValue : null, isLate: true })
  }
}
