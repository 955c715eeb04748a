import type { RecordBatch } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { viewOf } from '../serde/serdes.ts'
import { noHeaders } from '../task/no-headers.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Version } from './ended-versions.ts'
import type { RangeBounds } from './engine.ts'
import type { StateStore } from './state-store.ts'
import type { Put, TableStore, ValueAndTimestamp } from './table-store.ts'
import { VersionedBytes } from './versioned-bytes.ts'

export interface VersionedStoreOptions<K, V> {
  readonly name: string
  readonly keySerde: Serde<K>
  readonly valueSerde: Serde<V>
  readonly persistent: boolean
  readonly logged: boolean
  readonly historyRetentionMs: number
}

/**
 * Values by key and time, kept as far back as the history retention: Kafka's
 * `VersionedKeyValueStore`. Every write goes to the changelog with its own time, one
 * that came too late for the store included. It has no cache, as in Kafka.
 */
export class VersionedStore<K, V> implements StateStore, TableStore<K, V> {
  readonly name: string
  readonly changelog: string | undefined
  readonly #options: VersionedStoreOptions<K, V>
  readonly #context: TaskContext
  readonly #bytes: VersionedBytes

  constructor(options: VersionedStoreOptions<K, V>, context: TaskContext) {
    this.name = options.name
    this.changelog = options.logged ? `${context.facts.applicationId}-${options.name}-changelog` : undefined
    this.#options = options
    this.#context = context
    this.#bytes = new VersionedBytes(options, context)
  }

  /** The latest value, or the one that held at `asOfMs`; undefined for a time behind the history unless it is still the latest. */
  get(key: K, asOfMs?: number): ValueAndTimestamp<V> | undefined {
    const bytes = this.#options.keySerde.serialize(key)
    return this.#decode(asOfMs === undefined ? this.#bytes.latest(bytes) : this.#bytes.at(bytes, asOfMs))
  }

  /** Null deletes from that time on. */
  put(key: K, value: V | null, timestamp: number): Put {
    const bytes = this.#options.keySerde.serialize(key)
    const stored = value === null ? null : this.#options.valueSerde.serialize(value)
    const put = this.#bytes.put(bytes, stored, timestamp)
    if (put === 'expired') this.#context.drop('an expired put')
    this.#log(bytes, stored, timestamp)
    return put
  }

  /** Deletes from a time on and returns the value that held then. */
  delete(key: K, timestamp: number): ValueAndTimestamp<V> | undefined {
    const before = this.get(key, timestamp)
    return this.put(key, null, timestamp) === 'expired' ? undefined : before
  }

  listen(): boolean {
    return false
  }

  /** The latest value by the key's bytes, for who looks in from outside. */
  peek(key: Uint8Array): readonly [key: K, value: V, timestamp: number] | undefined {
    const held = this.#decode(this.#bytes.latest(key))
    return held === undefined ? undefined : [this.#options.keySerde.deserialize(key), held.value, held.timestamp]
  }

  /** Latest values between two keys' bytes, for who looks in from outside. */
  *entries(bounds: RangeBounds): Generator<readonly [key: K, value: V, timestamp: number]> {
    const { keySerde, valueSerde } = this.#options
    for (const [key, { fromMs, value }] of this.#bytes.entries(bounds))
      yield [keySerde.deserialize(key), valueSerde.deserialize(viewOf(value)), fromMs]
  }

  get offset(): number | undefined {
    return this.#bytes.offset
  }

  flush(): void {}

  commit(offset: number | undefined): void {
    this.#bytes.commit(offset)
  }

  restore(batch: RecordBatch): void {
    for (let at = 0; at < batch.length; at++) {
      const key = batch.key(at)
      if (key !== null) this.#bytes.put(key, batch.value(at), batch.timestamp(at))
    }
    if (batch.length > 0) this.#bytes.commit(batch.offset(batch.length - 1) + 1)
  }

  close(): void {
    this.#bytes.close()
  }

  #decode(version: Version | undefined): ValueAndTimestamp<V> | undefined {
    if (version === undefined || version.value === null) return undefined
    return { value: this.#options.valueSerde.deserialize(viewOf(version.value)), timestamp: version.fromMs }
  }

  #log(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    if (this.changelog === undefined) return
    const { collector, partition } = this.#context.facts
    collector.send({ topic: this.changelog, partition, timestamp, key, value, headers: noHeaders })
  }
}
