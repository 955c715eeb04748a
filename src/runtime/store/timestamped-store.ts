import type { RecordBatch } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { viewOf } from '../serde/serdes.ts'
import type { TaskContext } from '../task/task-context.ts'
import { CachedBytes } from './cached-bytes.ts'
import type { RangeBounds } from './engine.ts'
import { keyText } from './key-text.ts'
import type { StateStore } from './state-store.ts'
import { StoreBytes } from './store-bytes.ts'
import type { CacheListener, Put, TableStore, ValueAndTimestamp } from './table-store.ts'
import { timestampedFormat, timestampOf, withTimestamp } from './store-format.ts'

export interface StoreOptions<K, V> {
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
export class TimestampedStore<K, V> implements StateStore, TableStore<K, V> {
  readonly name: string
  readonly #options: StoreOptions<K, V>
  readonly #bytes: StoreBytes
  readonly #cached: CachedBytes

  constructor(options: StoreOptions<K, V>, context: TaskContext) {
    this.name = options.name
    this.#options = options
    this.#bytes = new StoreBytes(options, context, timestampedFormat)
    this.#cached = new CachedBytes(this.#bytes, context, { cached: options.cached, keepsReads: true })
  }

  /** True where a cache holds updates back, so that the listener and not the caller forwards them. */
  listen(listener: CacheListener<K, V>, sendOldValues: boolean): boolean {
    const { keySerde, valueSerde } = this.#options
    return this.#cached.listen(
      (key, newValue, oldValue) =>
        listener(keySerde.deserialize(key), decodeDated(valueSerde, newValue), decodeDated(valueSerde, oldValue)),
      sendOldValues,
    )
  }

  get(key: K): ValueAndTimestamp<V> | undefined {
    const bytes = this.#options.keySerde.serialize(key)
    return decodeDated(this.#options.valueSerde, this.#cached.get(keyText(bytes), bytes))
  }

  put(key: K, value: V | null, timestamp: number): Put {
    const bytes = this.#options.keySerde.serialize(key)
    const stored = value === null ? null : withTimestamp(this.#options.valueSerde.serialize(value), timestamp)
    this.#cached.put(keyText(bytes), bytes, stored)
    return 'latest'
  }

  /** Every key and value, in the order of the keys' bytes. */
  *all(): Generator<readonly [key: K, value: ValueAndTimestamp<V>]> {
    const { keySerde, valueSerde } = this.#options
    for (const [key, stored] of this.#cached.merge(this.#bytes.range({}), undefined, undefined)) {
      yield [keySerde.deserialize(key), dated(valueSerde, stored)]
    }
  }

  /** As `get`, by the key's bytes, for who looks in from outside. */
  peek(key: Uint8Array): readonly [key: K, value: V, timestamp: number] | undefined {
    const { keySerde, valueSerde } = this.#options
    const held = decodeDated(valueSerde, this.#cached.peek(keyText(key), key))
    return held === undefined ? undefined : [keySerde.deserialize(key), held.value, held.timestamp]
  }

  /** Keys, values and times between two keys' bytes, for who looks in from outside. */
  *entries(bounds: RangeBounds): Generator<readonly [key: K, value: V, timestamp: number]> {
    const { keySerde, valueSerde } = this.#options
    for (const [key, stored] of this.#cached.overlay(this.#bytes.entries(bounds), bounds)) {
      const { value, timestamp } = dated(valueSerde, stored)
      yield [keySerde.deserialize(key), value, timestamp]
    }
  }

  get changelog(): string | undefined {
    return this.#bytes.changelog
  }

  get offset(): number | undefined {
    return this.#bytes.offset
  }

  flush(): void {
    this.#cached.flush()
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
}

export function dated<V>(serde: Serde<V>, stored: Uint8Array): ValueAndTimestamp<V> {
  return { value: serde.deserialize(viewOf(stored).subarray(8)), timestamp: timestampOf(stored) }
}

export function decodeDated<V>(serde: Serde<V>, stored: Uint8Array | null): ValueAndTimestamp<V> | undefined {
  return stored === null ? undefined : dated(serde, stored)
}
