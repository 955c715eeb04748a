export interface ValueAndTimestamp<V> {
  readonly value: V
  readonly timestamp: number
}

/** Told of each key that leaves the cache, in a context that is the record's who wrote it. */
export type CacheListener<K, V> = (
  key: K,
  newValue: ValueAndTimestamp<V> | undefined,
  oldValue: ValueAndTimestamp<V> | undefined,
) => void

/**
 * What became of a write: `latest` where it is now the value of the key, `late`
 * where a versioned store had a later one already, `expired` where it came behind
 * the store's history and was not taken.
 */
export type Put = 'latest' | 'late' | 'expired'

/** A store that a table lies in, with a history or without: Kafka's `KeyValueStoreWrapper`. */
export interface TableStore<K, V> {
  /** The latest value, or in a versioned store the one that held at `asOfMs`. */
  get(key: K, asOfMs?: number): ValueAndTimestamp<V> | undefined
  put(key: K, value: V | null, timestamp: number): Put
  /** True where a cache holds updates back, so that the listener and not the caller forwards them. */
  listen(listener: CacheListener<K, V>, sendOldValues: boolean): boolean
}
