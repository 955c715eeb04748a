import type { RunningNode } from '../node/running-node.ts'
import type { Serde } from '../serde/serde.ts'
import type { StateStore } from '../store/state-store.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import type { StoreOptions } from '../store/timestamped-store.ts'
import type { Windowed } from '../store/windowed.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Grouping } from './grouping.ts'
import { needSerde } from './internals.ts'
import { nameStore } from './materialize.ts'
import type { KTable } from './model.ts'
import type { Named, WindowMaterialized } from './options.ts'
import { processorNode } from './processor-graph.ts'
import type { TableView } from './table-internals.ts'

/** What a windowed aggregation is made of, whatever its windows. */
export interface WindowedParts<K, A> {
  readonly kind: 'window' | 'session'
  readonly isCacheable: boolean
  readonly prefix: string
  /** How long after a window's end its result may still change: `suppress` waits for it. */
  readonly graceMs: number
  /** The least a store must keep, which it keeps unless told to keep more. */
  readonly retentionMs: number
  readonly valueSerde: Serde<A> | undefined
  readonly windowedSerde: (keySerde: Serde<K>) => Serde<Windowed<K>>
  readonly openStore: (
    options: StoreOptions<K, A> & { readonly retentionMs: number },
    context: TaskContext,
  ) => StateStore
  readonly create: (storeName: string, sendOldValues: boolean) => RunningNode
  readonly view: (storeName: string) => TableView<Windowed<K>, A>
}

/** Kafka's `GroupedStreamAggregateBuilder.buildWindowed`. */
export function windowedAggregation<K, V, A>(
  grouping: Grouping<K, V>,
  materialized: WindowMaterialized<K, A>,
  named: Named,
  parts: WindowedParts<K, A>,
): KTable<Windowed<K>, A> {
  const { graph } = grouping.state
  const storeName = nameStore(graph, parts.prefix, materialized)
  const name = graph.processorName(parts.prefix, named.name)
  const where = `store ${storeName.name}`
  const keySerde = needSerde(materialized.keySerde ?? grouping.keySerde, 'keySerde', where)
  const valueSerde = needSerde(materialized.valueSerde ?? parts.valueSerde, 'valueSerde', where)
  const retentionMs = materialized.retentionMs ?? parts.retentionMs
  if (retentionMs < parts.retentionMs) {
    throw new RangeError(
      `retentionMs of store ${storeName.name} must be ${parts.retentionMs} or more, its windows and grace, not ${retentionMs}`,
    )
  }
  const options = {
    name: storeName.name,
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
  let sendOldValues = false
  const create = () => parts.create(store.name, sendOldValues)
  return grouping.add<Windowed<K>, A>({
    node: processorNode(name, create, { stores: () => [store], graceMs: parts.graceMs, isVersioned: false }),
    storeName,
    keySerde: parts.windowedSerde(keySerde),
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
