import { checkName, type StreamGraph } from '../graph/stream-graph.ts'
import { TopologyError } from '../graph/topology-error.ts'
import type { Serde } from '../serde/serde.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import { TimestampedStore } from '../store/timestamped-store.ts'
import { versionedStoreFactory } from '../store/versioned-key-value-store.ts'
import { needSerde } from './internals.ts'
import type { Materialized } from './options.ts'

/** A store's name, and whether it is one that the user gave and may ask for. */
export interface StoreName {
  readonly name: string
  readonly isGiven: boolean
}

/** A given name uses up no number; a generated one does. Kafka's `MaterializedInternal`. */
export function nameStore(
  graph: StreamGraph,
  prefix: string,
  { name, logging }: Pick<Materialized<unknown, unknown>, 'name' | 'logging'>,
): StoreName {
  if (name !== undefined) return { name: checkName(name), isGiven: true }
  const generated = graph.storeName(prefix)
  graph.unnamed.noteStore(generated, { logged: logging !== false })
  return { name: generated, isGiven: false }
}

export function keyValueStore<K, V>(
  storeName: StoreName,
  materialized: Materialized<K, V>,
  inherited: { readonly keySerde: Serde<K> | undefined; readonly valueSerde: Serde<V> | undefined },
): StoreFactory {
  if (materialized.historyRetentionMs !== undefined) {
    return versionedStore(storeName, materialized, {
      ...inherited,
      historyRetentionMs: materialized.historyRetentionMs,
    })
  }
  const { name } = storeName
  const persistent = materialized.store !== 'in-memory'
  const logged = materialized.logging !== false
  const cached = materialized.caching !== false
  const keySerde = needSerde(materialized.keySerde ?? inherited.keySerde, 'keySerde', `store ${name}`)
  const valueSerde = needSerde(materialized.valueSerde ?? inherited.valueSerde, 'valueSerde', `store ${name}`)
  return {
    name,
    kind: 'key-value',
    persistent,
    logged,
    cached,
    retentionMs: undefined,
    keepsDuplicates: false,
    changelogConfig: materialized.logging === false ? {} : (materialized.logging ?? {}),
    open: (context) => new TimestampedStore({ name, keySerde, valueSerde, persistent, logged, cached }, context),
  }
}

/** Kafka's `Materialized.as(Stores.persistentVersionedKeyValueStore(name, historyRetention))`. */
function versionedStore<K, V>(
  { name, isGiven }: StoreName,
  materialized: Materialized<K, V>,
  given: {
    readonly keySerde: Serde<K> | undefined
    readonly valueSerde: Serde<V> | undefined
    readonly historyRetentionMs: number
  },
): StoreFactory {
  if (!isGiven) throw new TopologyError(`historyRetentionMs needs a name beside it: that of the versioned store`)
  if (materialized.store === 'in-memory') {
    throw new TopologyError(`the versioned store ${name} cannot be in memory: leave its \`store\` out`)
  }
  const { historyRetentionMs } = given
  const keySerde = needSerde(materialized.keySerde ?? given.keySerde, 'keySerde', `store ${name}`)
  const valueSerde = needSerde(materialized.valueSerde ?? given.valueSerde, 'valueSerde', `store ${name}`)
  const { logging } = materialized
  return versionedStoreFactory({ name, keySerde, valueSerde, historyRetentionMs, logging })
}
