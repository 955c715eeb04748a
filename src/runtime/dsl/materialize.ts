import type { StreamGraph } from '../graph/stream-graph.ts'
import type { Serde } from '../serde/serde.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import { TimestampedStore } from '../store/timestamped-store.ts'
import { needSerde } from './internals.ts'
import type { Materialized } from './options.ts'

/** A store's name, and whether it is one that the user gave and may ask for. */
export interface StoreName {
  readonly name: string
  readonly isGiven: boolean
}

/** A given name uses up no number; a generated one does. Kafka's `MaterializedInternal`. */
export function nameStore(graph: StreamGraph, prefix: string, { name }: { readonly name?: string }): StoreName {
  return name === undefined ? { name: graph.storeName(prefix), isGiven: false } : { name, isGiven: true }
}

export function keyValueStore<K, V>(
  { name }: StoreName,
  materialized: Materialized<K, V>,
  inherited: { readonly keySerde: Serde<K> | undefined; readonly valueSerde: Serde<V> | undefined },
): StoreFactory {
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
