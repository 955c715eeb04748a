import type { RecordBatch } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { readLong, viewOf, writeLong } from '../serde/serdes.ts'
import type { TaskContext } from '../task/task-context.ts'
import { keyText } from './key-text.ts'
import type { CacheEntry, NamedCache } from './record-cache.ts'
import type { StateStore } from './state-store.ts'
import { StoreBytes } from './store-bytes.ts'

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

export interface TimestampedStoreOptions<K, V> {
  readonly name: string
  readonly keySerde: Serde<K>
  readonly valueSerde: Serde<V>
  readonly persistent: boolean
  readonly logged: boolean
  readonly cached: boolean
}

/**
 * A key-value store whose values carry a time: eight bytes before the value in the
 * store; on the changelog the time is the record's own.
 * Kafka's `TimestampedKeyValueStore`, with its caching and change-logging layers.
 */
export class TimestampedStore<K, V> implements StateStore {
  readonly name: string
  readonly #options: TimestampedStoreOptions<K, V>
  readonly #context: TaskContext
  readonly #bytes: StoreBytes
  readonly #cache: NamedCache | undefined
  #listener: CacheListener<K, V> | undefined
  #sendOldValues = false

  constructor(options: TimestampedStoreOptions<K, V>, context: TaskContext) {
    this.name = options.name
    this.#options = options
    this.#context = context
    this.#bytes = new StoreBytes(options, context, { toStore: withTimestamp })
    this.#cache =
      options.cached && context.facts.cache.isOn
        ? context.facts.cache.open((entries) => {
            for (const entry of entries) this.#send(entry)
          })
        : undefined
  }

  /** True where a cache holds updates back, so that the listener and not the caller forwards them. */
  listen(listener: CacheListener<K, V>, sendOldValues: boolean): boolean {
    if (this.#cache === undefined) return false
    this.#listener = listener
    this.#sendOldValues = sendOldValues
    return true
  }

  get(key: K): ValueAndTimestamp<V> | undefined {
    const bytes = this.#options.keySerde.serialize(key)
    return this.#decode(this.#getBytes(keyText(bytes), bytes))
  }

  put(key: K, value: V | null, timestamp: number): void {
    const bytes = this.#options.keySerde.serialize(key)
    const text = keyText(bytes)
    const stored = value === null ? null : withTimestamp(this.#options.valueSerde.serialize(value), timestamp)
    if (this.#cache === undefined) this.#write(text, bytes, stored)
    else this.#cache.put(text, bytes, stored, this.#context)
  }

  /** Every key and value, in the order of the keys' bytes. */
  *all(): Generator<readonly [key: K, value: ValueAndTimestamp<V>]> {
    const { keySerde } = this.#options
    const held = new Map(this.#bytes.range({}).map(([key, value]) => [keyText(key), [key, value] as const]))
    for (const { text, key, value } of this.#cache?.range(undefined, undefined) ?? []) {
      if (value === null) held.delete(text)
      else held.set(text, [key, value])
    }
    for (const [, [key, value]] of [...held].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const decoded = this.#decode(value)
      if (decoded !== undefined) yield [keySerde.deserialize(key), decoded]
    }
  }

  get changelog(): string | undefined {
    return this.#bytes.changelog
  }

  get offset(): number | undefined {
    return this.#bytes.offset
  }

  flush(): void {
    this.#cache?.flush()
  }

  commit(offset: number | undefined): void {
    this.#bytes.commit(offset)
  }

  restore(batch: RecordBatch): void {
    this.#bytes.restore(batch)
  }

  close(): void {
    this.#bytes.close()
  }

  #getBytes(text: string, key: Uint8Array): Uint8Array | null {
    const cache = this.#cache
    if (cache === undefined) return this.#bytes.get(text, key)
    const entry = cache.get(text)
    if (entry !== undefined) return entry.value
    const stored = this.#bytes.get(text, key)
    if (stored !== null) cache.keep(text, key, stored)
    return stored
  }

  #write(text: string, key: Uint8Array, stored: Uint8Array | null): void {
    const timestamp = stored === null ? this.#context.timestamp : readLong(viewOf(stored), 0)
    this.#bytes.put(text, { key, value: stored }, stored === null ? null : stored.subarray(8), timestamp)
  }

  #send(entry: CacheEntry): void {
    const context = this.#context
    const { topic, partition, offset, timestamp, headers } = context
    context.topic = entry.topic
    context.partition = entry.partition
    context.offset = entry.offset
    context.timestamp = entry.timestamp
    context.headers = entry.headers
    this.#sendInContext(entry)
    context.topic = topic
    context.partition = partition
    context.offset = offset
    context.timestamp = timestamp
    context.headers = headers
  }

  /** A key that was made and deleted between two flushes never existed for anybody else. */
  #sendInContext({ text, key, value }: CacheEntry): void {
    const listener = this.#listener
    if (listener === undefined) {
      this.#write(text, key, value)
      return
    }
    const old = value === null || this.#sendOldValues ? this.#bytes.get(text, key) : null
    if (value === null && old === null) return
    this.#write(text, key, value)
    const oldValue = this.#sendOldValues ? this.#decode(old) : undefined
    listener(this.#options.keySerde.deserialize(key), this.#decode(value), oldValue)
  }

  #decode(stored: Uint8Array | null): ValueAndTimestamp<V> | undefined {
    if (stored === null) return undefined
    const view = viewOf(stored)
    return { value: this.#options.valueSerde.deserialize(view.subarray(8)), timestamp: readLong(view, 0) }
  }
}

function withTimestamp(value: Uint8Array, timestamp: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(8 + value.length)
  writeLong(bytes, 0, timestamp)
  bytes.set(value, 8)
  return bytes
}
