import type { RecordBatch } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { readLong, viewOf, writeLong } from '../serde/serdes.ts'
import type { TaskContext } from '../task/task-context.ts'
import { SegmentedBytes } from './segmented-bytes.ts'
import type { StateStore } from './state-store.ts'
import type { CacheListener } from './table-store.ts'
import type { StoreOptions } from './timestamped-store.ts'
import { Windowed } from './windowed.ts'

export interface SessionStoreOptions<K, V> extends StoreOptions<K, V> {
  readonly retentionMs: number
}

const farthest = Number.MAX_SAFE_INTEGER

/** Values by key and session: Kafka's `SessionStore`. Keys on the changelog: key, end, start. */
export class SessionStore<K, V> implements StateStore {
  readonly name: string
  readonly #options: SessionStoreOptions<K, V>
  readonly #segmented: SegmentedBytes

  constructor(options: SessionStoreOptions<K, V>, context: TaskContext) {
    this.name = options.name
    this.#options = options
    this.#segmented = new SegmentedBytes(
      { ...options, isTimestamped: false, isTimeFirst: false, timeOf: endOf },
      context,
    )
  }

  listen(listener: CacheListener<Windowed<K>, V>, sendOldValues: boolean): boolean {
    return this.#segmented.listen((raw, newValue, oldValue) => {
      const windowed = this.#windowed(raw)
      const at = (value: Uint8Array | null) =>
        value === null
          ? undefined
          : { value: this.#options.valueSerde.deserialize(value), timestamp: windowed.window.end }
      listener(windowed, at(newValue), at(oldValue))
    }, sendOldValues)
  }

  fetch({ key, window }: Windowed<K>): V | undefined {
    const stored = this.#segmented.get(this.#rawKey(key, window.end, window.start))
    return stored === null ? undefined : this.#options.valueSerde.deserialize(stored)
  }

  put({ key, window }: Windowed<K>, value: V | null): void {
    const stored = value === null ? null : this.#options.valueSerde.serialize(value)
    this.#segmented.put(this.#rawKey(key, window.end, window.start), stored)
  }

  /** Sessions of a key that end at or after `earliestEnd` and start at or before `latestStart`, by end. */
  find(key: K, earliestEnd: number, latestStart: number): (readonly [session: Windowed<K>, value: V])[] {
    const from = Math.max(0, earliestEnd)
    const low = this.#rawKey(key, from, 0)
    const high = this.#rawKey(key, farthest, farthest)
    return this.#segmented
      .range({ low, high, from: earliestEnd, to: Number.POSITIVE_INFINITY })
      .filter(([raw]) => raw.length === low.length)
      .map(([raw, stored]) => [this.#windowed(raw), this.#options.valueSerde.deserialize(stored)] as const)
      .filter(([{ window }]) => window.start <= latestStart)
  }

  /** Sessions of all keys that end within [from, to], by end, then start, then key. */
  findEnding(from: number, to: number): (readonly [session: Windowed<K>, value: V])[] {
    return this.#segmented
      .range({ from, to, withExpired: this.#options.persistent })
      .toSorted(([a], [b]) => endOf(a) - endOf(b) || startOfSession(a) - startOfSession(b) || Buffer.compare(a, b))
      .map(([raw, stored]) => [this.#windowed(raw), this.#options.valueSerde.deserialize(stored)])
  }

  get keySerde(): Serde<K> {
    return this.#options.keySerde
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

  #rawKey(key: K, end: number, start: number): Uint8Array {
    return sessionKey(this.#options.keySerde.serialize(key), { start, end })
  }

  #windowed(raw: Uint8Array): Windowed<K> {
    const start = startOfSession(raw)
    return new Windowed(this.#options.keySerde.deserialize(raw.subarray(0, -16)), { start, end: endOf(raw) })
  }
}

/** `key ‖ int64 end ‖ int64 start`: Kafka's `SessionKeySchema`. */
export function sessionKey(key: Uint8Array, window: { readonly start: number; readonly end: number }): Uint8Array {
  const bytes = Buffer.allocUnsafe(key.length + 16)
  bytes.set(key, 0)
  writeLong(bytes, key.length, window.end)
  writeLong(bytes, key.length + 8, window.start)
  return bytes
}

function startOfSession(raw: Uint8Array): number {
  return readLong(viewOf(raw), raw.length - 8)
}

function endOf(raw: Uint8Array): number {
  return readLong(viewOf(raw), raw.length - 16)
}
