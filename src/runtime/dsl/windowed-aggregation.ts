import type { Serde } from '../serde/serde.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import type { Windowed } from '../store/windowed.ts'
import type { Grouping } from './grouping.ts'
import { needSerde } from './internals.ts'
import { nameStore, type StoreName } from './materialize.ts'
import type { KTable } from './model.ts'
import type { Named, WindowMaterialized } from './options.ts'
import { processorNode } from './processor-graph.ts'
import type { WindowedParts } from './windowed-parts.ts'

/** Kafka's `GroupedStreamAggregateBuilder.buildWindowed`. */
export function windowedAggregation<K, V, A, Aggregation>(
  grouping: Grouping<K, V>,
  parts: WindowedParts<K, A, Aggregation>,
  how: {
    readonly prefix: 'KSTREAM-AGGREGATE-' | 'KSTREAM-REDUCE-'
    readonly materialized: WindowMaterialized<K, A>
    readonly named: Named
    readonly valueSerde: Serde<A> | undefined
    readonly aggregation: Aggregation
  },
): KTable<Windowed<K>, A> {
  const { graph } = grouping.state
  const { prefix, materialized, named, valueSerde: values, aggregation } = how
  const storeName = nameStore(graph, prefix, materialized)
  const name = graph.processorName(prefix, named.name)
  const serdes = { keySerde: grouping.keySerde, valueSerde: values }
  const { store, keySerde, valueSerde } = windowedStore(parts, storeName, materialized, serdes)
  let sendOldValues = false
  const create = () => parts.create(store.name, aggregation, sendOldValues)
  return grouping.add<Windowed<K>, A>({
    node: processorNode(name, create, { stores: () => [store], graceMs: parts.graceMs, isVersioned: false }),
    storeName,
    keySerde,
    valueSerde,
    source: {
      sendOldValues: () => {
        sendOldValues = true
        return true
      },
      view: () => parts.view(store.name),
    },
  })
}

/** The store of a windowed table, and the serdes of what comes out of it. */
export function windowedStore<K, A>(
  parts: WindowedParts<K, A, never>,
  storeName: StoreName,
  materialized: WindowMaterialized<K, A>,
  inherited: { readonly keySerde: Serde<K> | undefined; readonly valueSerde: Serde<A> | undefined },
): { readonly store: StoreFactory; readonly keySerde: Serde<Windowed<K>>; readonly valueSerde: Serde<A> } {
  const { name } = storeName
  const keySerde = needSerde(materialized.keySerde ?? inherited.keySerde, 'keySerde', `store ${name}`)
  const valueSerde = needSerde(materialized.valueSerde ?? inherited.valueSerde, 'valueSerde', `store ${name}`)
  const retentionMs = materialized.retentionMs ?? parts.retentionMs
  if (retentionMs < parts.retentionMs) {
    throw new RangeError(
      `retentionMs of store ${name} must be ${parts.retentionMs} or more, its windows and grace, not ${retentionMs}`,
    )
  }
  const options = {
    name,
    keySerde,
    valueSerde,
    retentionMs,
    persistent: materialized.store !== 'in-memory',
    logged: materialized.logging !== false,
    cached: parts.isCacheable && materialized.caching !== false,
  }
  const store: StoreFactory = {
    ...options,
    kind: parts.kind,
    keepsDuplicates: false,
    changelogConfig: materialized.logging === false ? {} : (materialized.logging ?? {}),
    open: (context) => parts.openStore(options, context),
  }
  return { store, keySerde: parts.windowedSerde(keySerde), valueSerde }
}
