import type { RecordBatch } from '../../kafka/record.ts'
import { viewOf } from '../serde/serdes.ts'
import type { TaskContext } from '../task/task-context.ts'
import { CachedBytes } from './cached-bytes.ts'
import type { RangeBounds } from './engine.ts'
import { keyText } from './key-text.ts'
import type { StateStore } from './state-store.ts'
import { StoreBytes } from './store-bytes.ts'
import type { StoreFactory } from './store-factory.ts'
import type { StoreOptions } from './timestamped-store.ts'

const same = (key: Uint8Array): Uint8Array => key

/** A processor's own store: plain keys and values. Kafka's `KeyValueStore`. */
export class KeyValueStore<K, V> implements StateStore {
  readonly name: string
  readonly #options: StoreOptions<K, V>
  readonly #bytes: StoreBytes
  readonly #cached: CachedBytes

  constructor(options: StoreOptions<K, V>, context: TaskContext) {
    this.name = options.name
    this.#options = options
    this.#bytes = new StoreBytes(options, context, { isTimestamped: false, toLog: same, fromLog: same })
    this.#cached = new CachedBytes(this.#bytes, context, { cached: options.cached, keepsReads: true })
  }

  get(key: K): V | undefined {
    const bytes = this.#options.keySerde.serialize(key)
    const stored = this.#cached.get(keyText(bytes), bytes)
    return stored === null ? undefined : this.#options.valueSerde.deserialize(viewOf(stored))
  }

  /** Null deletes. */
  put(key: K, value: V | null): void {
    const bytes = this.#options.keySerde.serialize(key)
    this.#cached.put(keyText(bytes), bytes, value === null ? null : this.#options.valueSerde.serialize(value))
  }

  delete(key: K): V | undefined {
    const before = this.get(key)
    this.put(key, null)
    return before
  }

  /** Pairs between two keys, both included, in the order of the keys' bytes; a bound left out is open. */
  range(from?: K, to?: K): (readonly [key: K, value: V])[] {
    const { keySerde, valueSerde } = this.#options
    const low = from === undefined ? undefined : keySerde.serialize(from)
    // The shortest key behind `to`.
    const high = to === undefined ? undefined : Buffer.concat([keySerde.serialize(to), Buffer.of(0)])
    const bounds = { ...(low === undefined ? {} : { from: low }), ...(high === undefined ? {} : { to: high }) }
    const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : keyText(bytes))
    return this.#cached
      .merge(this.#bytes.range(bounds), text(low), text(high))
      .map(([key, value]) => [keySerde.deserialize(key), valueSerde.deserialize(viewOf(value))])
  }

  all(): (readonly [key: K, value: V])[] {
    return this.range()
  }

  /** As `get`, by the key's bytes, for who looks in from outside. */
  peek(key: Uint8Array): readonly [key: K, value: V, timestamp: undefined] | undefined {
    const { keySerde, valueSerde } = this.#options
    const stored = this.#cached.peek(keyText(key), key)
    return stored === null ? undefined : [keySerde.deserialize(key), valueSerde.deserialize(viewOf(stored)), undefined]
  }

  /** Keys and values between two keys' bytes, for who looks in from outside. */
  *entries(bounds: RangeBounds): Generator<readonly [key: K, value: V, timestamp: undefined]> {
    const { keySerde, valueSerde } = this.#options
    for (const [key, value] of this.#cached.overlay(this.#bytes.entries(bounds), bounds))
      yield [keySerde.deserialize(key), valueSerde.deserialize(viewOf(value)), undefined]
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

/** Written while a record of its topic is at hand, and read by every task: Kafka's `GlobalReadOnlyStore` for the others. */
class GlobalKeyValueStore<K, V> extends KeyValueStore<K, V> {
  readonly #context: TaskContext

  constructor(options: StoreOptions<K, V>, context: TaskContext) {
    super(options, context)
    this.#context = context
  }

  override put(key: K, value: V | null): void {
    if (this.#context.offset < 0)
      throw new Error(`Global store is read only: only its own processor writes ${this.name}`)
    super.put(key, value)
  }
}

/** A store declared for processors, whatever it holds. */
export interface AnyStoreHandle {
  readonly factory: StoreFactory
}

/** A handle whose store is an `S`. */
export interface StoreIn<S> extends AnyStoreHandle {
  /** The store of this handle in a task, checked. */
  readonly in: (context: TaskContext) => S
}

/** A store to be made for each task; hand it to `addStateStore` or to a processor, and to `context.store` to read it. */
export type StoreHandle<K, V> = StoreIn<KeyValueStore<K, V>>

/** Declares a key-value store for processors: Kafka's `Stores.keyValueStoreBuilder`. */
export function keyValueStore<K, V>(options: {
  readonly name: string
  readonly keySerde: StoreOptions<K, V>['keySerde']
  readonly valueSerde: StoreOptions<K, V>['valueSerde']
  /** Left out: `persistent`. */
  readonly store?: 'persistent' | 'in-memory'
  /** Left out: false, as in Kafka. */
  readonly caching?: boolean
  /** Configuration of the changelog topic, or false for none. */
  readonly logging?: false | Readonly<Record<string, string>>
}): StoreHandle<K, V> {
  const { name, keySerde, valueSerde, logging } = options
  const persistent = options.store !== 'in-memory'
  const logged = logging !== false
  const cached = options.caching === true
  return {
    factory: {
      name,
      kind: 'key-value',
      persistent,
      logged,
      cached,
      retentionMs: undefined,
      keepsDuplicates: false,
      changelogConfig: logging === false ? {} : (logging ?? {}),
      open: (context) => {
        const store = { name, keySerde, valueSerde, persistent, logged, cached }
        if (context.facts.globalStores !== 'own') return new KeyValueStore(store, context)
        // The topic it is read from is its changelog.
        return new GlobalKeyValueStore({ ...store, logged: false, cached: false }, context)
      },
    },
    in: (context) => {
      const store = context.storeNamed(name)
      if (isKeyValue<K, V>(store)) return store
      throw new Error(`store ${name} is not connected to this processor: name it in the processor's stores`)
    },
  }
}

function isKeyValue<K, V>(store: unknown): store is KeyValueStore<K, V> {
  return store instanceof KeyValueStore
}
