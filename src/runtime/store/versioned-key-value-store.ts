import type { Serde } from '../serde/serde.ts'
import type { StoreIn } from './key-value-store.ts'
import type { StoreFactory } from './store-factory.ts'
import { VersionedStore } from './versioned-store.ts'

interface VersionedStoreGiven<K, V> {
  readonly name: string
  readonly keySerde: Serde<K>
  readonly valueSerde: Serde<V>
  /** How far back, in ms of stream time, a key may be read and written. */
  readonly historyRetentionMs: number
  /** Configuration of the changelog topic, or false for none. */
  readonly logging?: false | Readonly<Record<string, string>> | undefined
}

/** A versioned store for processors; hand it to `addStateStore` or to a processor, and to `context.store` to read it. */
export type VersionedStoreHandle<K, V> = StoreIn<VersionedStore<K, V>>

/** Declares a versioned store for processors: Kafka's `Stores.versionedKeyValueStoreBuilder`. */
export function versionedKeyValueStore<K, V>(given: VersionedStoreGiven<K, V>): VersionedStoreHandle<K, V> {
  return {
    factory: versionedStoreFactory(given),
    in: (context) => {
      const store = context.stores.get(given.name)
      if (isVersioned<K, V>(store)) return store
      throw new Error(`store ${given.name} is not connected to this processor: name it in the processor's stores`)
    },
  }
}

/** On top of the history the changelog keeps what clocks that differ may need: Kafka's `VersionedChangelogTopicConfig`. */
const additionalLagMs = 24 * 60 * 60 * 1000

export function versionedStoreFactory<K, V>(given: VersionedStoreGiven<K, V>): StoreFactory {
  const { logging, ...store } = given
  const { name, historyRetentionMs } = store
  if (!(historyRetentionMs >= 0)) {
    throw new RangeError(`historyRetentionMs of store ${name} must be 0 or more, not ${historyRetentionMs}`)
  }
  const options = { ...store, persistent: true, logged: logging !== false }
  return {
    name,
    kind: 'versioned',
    persistent: true,
    logged: options.logged,
    cached: false,
    retentionMs: historyRetentionMs,
    keepsDuplicates: false,
    changelogConfig:
      logging === false ? {} : { 'min.compaction.lag.ms': String(historyRetentionMs + additionalLagMs), ...logging },
    open: (context) => new VersionedStore(options, context),
  }
}

function isVersioned<K, V>(store: unknown): store is VersionedStore<K, V> {
  return store instanceof VersionedStore
}
