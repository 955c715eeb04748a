import type { RecordBatch } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { readLong, viewOf, writeLong } from '../serde/serdes.ts'
import { noHeaders } from '../task/no-headers.ts'
import type { TaskContext } from '../task/task-context.ts'
import { readTimed, writeBuffered } from './buffered-change.ts'
import { keyText } from './key-text.ts'
import type { RecordOrigin } from './record-origin.ts'
import type { StateStore } from './state-store.ts'
import { StoreBytes } from './store-bytes.ts'

export interface JoinBufferOptions<K, V> {
  readonly name: string
  readonly keySerde: Serde<K>
  readonly valueSerde: Serde<V>
  /** How long, in stream time, a record is held back. */
  readonly graceMs: number
}

const same = (key: Uint8Array): Uint8Array => key

/**
 * Records of a stream that wait for a table to catch up, by time: Kafka's
 * `RocksDBTimeOrderedKeyValueBuffer`. Keys: `0 ‖ int64 time ‖ key ‖ int32 count`,
 * the same in the store and on the changelog.
 *
 * Kafka 4.3.1 restores these keys as those of windows, which garbles them; here a
 * restored buffer is the buffer that was.
 */
export class JoinBufferStore<K, V> implements StateStore {
  readonly name: string
  readonly changelog: string
  readonly #options: JoinBufferOptions<K, V>
  readonly #context: TaskContext
  readonly #bytes: StoreBytes
  #observedTime = -1
  #count = 0

  constructor(options: JoinBufferOptions<K, V>, context: TaskContext) {
    const { name } = options
    this.name = name
    this.changelog = `${context.facts.applicationId}-${name}-changelog`
    this.#options = options
    this.#context = context
    const format = { isTimestamped: false, toLog: same, fromLog: same }
    this.#bytes = new StoreBytes({ name, persistent: true, logged: false }, context, format)
    for (const [key] of this.#bytes.entries({})) this.#observe(key)
  }

  /** Keeps the record at hand; false where it has come too late to be held back. */
  put(key: K, value: V): boolean {
    const { keySerde, valueSerde, graceMs } = this.#options
    const { topic, partition, offset, timestamp, headers } = this.#context
    if (this.#observedTime - graceMs > timestamp) return false
    this.#count = (this.#count + 1) & 0x7fffffff
    const raw = rawKey(keySerde.serialize(key), timestamp, this.#count)
    this.#observedTime = Math.max(this.#observedTime, timestamp)
    const origin = { topic, partition, offset, timestamp, headers }
    this.#write(raw, writeBuffered({ prior: null, old: null, next: valueSerde.serialize(value), origin }, 0))
    return true
  }

  /** Takes out what has waited long enough, earliest first. */
  takeDue(use: (key: K, value: V, origin: RecordOrigin) => void): void {
    const { keySerde, valueSerde, graceMs } = this.#options
    const behind = this.#observedTime - graceMs + 1
    if (behind <= 0) return
    for (const [raw, stored] of this.#bytes.range({ to: rawKey(Buffer.alloc(0), behind, 0) })) {
      const { next, origin } = readTimed(stored).change
      if (next !== null) use(keySerde.deserialize(raw.subarray(9, -4)), valueSerde.deserialize(next), origin)
      this.#write(raw, null)
    }
  }

  get offset(): number | undefined {
    return this.#bytes.offset
  }

  flush(): void {}

  commit(offset: number | undefined): void {
    this.#bytes.commit(offset)
  }

  restore(batch: RecordBatch): void {
    this.#bytes.restore(batch)
    for (let at = 0; at < batch.length; at++) {
      const key = batch.key(at)
      if (key !== null) this.#observe(key)
    }
  }

  close(): void {
    this.#bytes.close()
  }

  /** Counts on behind what is there, so that no key comes twice. */
  #observe(raw: Uint8Array): void {
    const view = viewOf(raw)
    this.#observedTime = Math.max(this.#observedTime, readLong(view, 1))
    this.#count = Math.max(this.#count, view.readInt32BE(view.length - 4))
  }

  #write(raw: Uint8Array, value: Uint8Array | null): void {
    this.#bytes.put(keyText(raw), raw, value)
    const { wallClock, facts } = this.#context
    // Kafka leaves the time to its producer, which takes the wall clock's.
    const { partition, collector } = facts
    collector.send({ topic: this.changelog, partition, timestamp: wallClock, key: raw, value, headers: noHeaders })
  }
}

function rawKey(key: Uint8Array, timestamp: number, count: number): Uint8Array {
  const raw = Buffer.allocUnsafe(13 + key.length)
  raw[0] = 0
  writeLong(raw, 1, timestamp)
  raw.set(key, 9)
  raw.writeInt32BE(count, 9 + key.length)
  return raw
}
