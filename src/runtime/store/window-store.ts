import type { RecordBatch } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { readLong, viewOf, writeLong } from '../serde/serdes.ts'
import type { TaskContext } from '../task/task-context.ts'
import { SegmentedBytes } from './segmented-bytes.ts'
import type { StateStore } from './state-store.ts'
import { withTimestamp } from './store-format.ts'
import type { CacheListener, ValueAndTimestamp } from './table-store.ts'
import { dated, decodeDated, type StoreOptions } from './timestamped-store.ts'
import { Windowed } from './windowed.ts'

export interface WindowStoreOptions<K, V> extends StoreOptions<K, V> {
  readonly retentionMs: number
  readonly windowMs: number
  /** For results at the close of windows. */
  readonly isTimeFirst: boolean
}

/** Values by key and start of window: Kafka's `TimestampedWindowStore`. Keys on the changelog: key, start, 0. */
export class WindowStore<K, V> implements StateStore {
  readonly name: string
  readonly #options: WindowStoreOptions<K, V>
  readonly #segmented: SegmentedBytes

  constructor(options: WindowStoreOptions<K, V>, context: TaskContext) {
    this.name = options.name
    this.#options = options
    this.#segmented = new SegmentedBytes({ ...options, isTimestamped: true, timeOf: startOf }, context)
  }

  listen(listener: CacheListener<Windowed<K>, V>, sendOldValues: boolean): boolean {
    const { valueSerde } = this.#options
    return this.#segmented.listen(
      (key, newValue, oldValue) =>
        listener(this.#windowed(key), decodeDated(valueSerde, newValue), decodeDated(valueSerde, oldValue)),
      sendOldValues,
    )
  }

  fetch(key: K, start: number): ValueAndTimestamp<V> | undefined {
    return decodeDated(this.#options.valueSerde, this.#segmented.get(this.#rawKey(key, start)))
  }

  put(key: K, value: V | null, start: number, timestamp: number): void {
    const stored = value === null ? null : withTimestamp(this.#options.valueSerde.serialize(value), timestamp)
    this.#segmented.put(this.#rawKey(key, start), stored)
  }

  /** Windows of one key that start within [from, to], earliest first. */
  fetchKey(
    key: K,
    from: number,
    to: number,
  ): readonly { readonly start: number; readonly held: ValueAndTimestamp<V> }[] {
    if (to < from) return []
    const low = this.#rawKey(key, Math.max(0, from))
    const high = this.#rawKey(key, to, 0x7fffffff)
    return (
      this.#segmented
        .range({ low, high, from, to })
        // A longer key may lie between the bounds.
        .filter(([raw]) => raw.length === low.length)
        .map(([raw, stored]) => ({ start: startOf(raw), held: dated(this.#options.valueSerde, stored) }))
    )
  }

  /** Windows of all keys that start within [from, to], by start, then by key. */
  fetchAll(from: number, to: number): (readonly [windowed: Windowed<K>, held: ValueAndTimestamp<V>])[] {
    const found = this.#segmented.range({ from, to })
    return found
      .toSorted(([a], [b]) => startOf(a) - startOf(b) || Buffer.compare(a, b))
      .map(([raw, stored]) => [this.#windowed(raw), dated(this.#options.valueSerde, stored)])
  }

  get keySerde(): Serde<K> {
    return this.#options.keySerde
  }

  get windowMs(): number {
    return this.#options.windowMs
  }

  get changelog(): string | undefined {
    return this.#segmented.bytes.changelog
  }

  get offset(): number | undefined {
    return this.#segmented.bytes.offset
  }

  flush(): void {
    this.#segmented.flush()
  }

  commit(offset: number | undefined): void {
    this.#segmented.bytes.commit(offset)
  }

  restore(batch: RecordBatch): void {
    this.#segmented.restore(batch)
  }

  close(): void {
    this.#segmented.bytes.close()
  }

  #rawKey(key: K, start: number, sequence = 0): Uint8Array {
    return windowKey(this.#options.keySerde.serialize(key), start, sequence)
  }

  #windowed(raw: Uint8Array): Windowed<K> {
    const start = startOf(raw)
    const key = this.#options.keySerde.deserialize(raw.subarray(0, -12))
    return new Windowed(key, { start, end: start + this.#options.windowMs })
  }
}

/** `key ‖ int64 start ‖ int32 sequence`: Kafka's `WindowKeySchema`. */
function windowKey(key: Uint8Array, start: number, sequence: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(key.length + 12)
  bytes.set(key, 0)
  writeLong(bytes, key.length, start)
  bytes.writeInt32BE(sequence, key.length + 8)
  return bytes
}

function startOf(raw: Uint8Array): number {
  return readLong(viewOf(raw), raw.length - 12)
}
