import type { RecordBatch } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { readLong, viewOf, writeLong } from '../serde/serdes.ts'
import type { TaskContext } from '../task/task-context.ts'
import { SegmentedBytes } from './segmented-bytes.ts'
import type { StateStore } from './state-store.ts'

export interface JoinWindowStoreOptions<K, V> {
  readonly name: string
  readonly keySerde: Serde<K>
  readonly valueSerde: Serde<V>
  readonly persistent: boolean
  readonly logged: boolean
  readonly retentionMs: number
}

/**
 * What one side of a stream-stream join has seen lately, every record of it: keys
 * on the changelog are key, time and a running number, so that nothing is
 * overwritten. Kafka's window store with `retainDuplicates`.
 */
export class JoinWindowStore<K, V> implements StateStore {
  readonly name: string
  readonly #options: JoinWindowStoreOptions<K, V>
  readonly #segmented: SegmentedBytes
  #sequence = 0

  constructor(options: JoinWindowStoreOptions<K, V>, context: TaskContext) {
    this.name = options.name
    this.#options = options
    const fixed = { cached: false, isTimestamped: false, isTimeFirst: false, timeOf }
    this.#segmented = new SegmentedBytes({ ...options, ...fixed }, context)
  }

  put(key: K, value: V | null, timestamp: number): void {
    this.#sequence = (this.#sequence + 1) & 0x7fffffff
    const raw = rawKey(this.#options.keySerde.serialize(key), timestamp, this.#sequence)
    // Nothing can be deleted here; Kafka tells the changelog all the same.
    if (value === null) this.#segmented.logOnly(raw)
    else this.#segmented.put(raw, this.#options.valueSerde.serialize(value))
  }

  /** Records of a key with a time in [from, to], in the order of their times, then of their coming. */
  fetch(key: K, from: number, to: number): { readonly timestamp: number; readonly value: V }[] {
    const bytes = this.#options.keySerde.serialize(key)
    const low = rawKey(bytes, from, 0)
    const high = rawKey(bytes, to, 0x7fffffff)
    return this.#segmented
      .range({ low, high, from, to })
      .filter(([raw]) => raw.length === low.length)
      .map(([raw, value]) => ({ timestamp: timeOf(raw), value: this.#options.valueSerde.deserialize(value) }))
  }

  get changelog(): string | undefined {
    return this.#segmented.bytes.changelog
  }

  get offset(): number | undefined {
    return this.#segmented.bytes.offset
  }

  flush(): void {}

  commit(offset: number | undefined): void {
    this.#segmented.bytes.commit(offset)
  }

  restore(batch: RecordBatch): void {
    this.#segmented.restore(batch)
  }

  close(): void {
    this.#segmented.bytes.close()
  }
}

function rawKey(key: Uint8Array, timestamp: number, sequence: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(key.length + 12)
  bytes.set(key, 0)
  writeLong(bytes, key.length, timestamp)
  bytes.writeInt32BE(sequence, key.length + 8)
  return bytes
}

function timeOf(raw: Uint8Array): number {
  return readLong(viewOf(raw), raw.length - 12)
}
