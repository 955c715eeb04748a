import { SlidingAggregateNode } from '../node/sliding-aggregate-node.ts'
import { windowStore } from '../node/store-of.ts'
import { type WindowAggregation, WindowAggregateNode } from '../node/window-aggregate-node.ts'
import type { EmitStrategy } from '../node/window-emitter.ts'
import type { Serde } from '../serde/serde.ts'
import { serdes } from '../serde/serdes.ts'
import { timeWindowedSerde } from '../serde/windowed-serde.ts'
import { WindowStore } from '../store/window-store.ts'
import type { Windowed } from '../store/windowed.ts'
import type { Grouping } from './grouping.ts'
import type { KTable, TimeWindowedKStream } from './model.ts'
import type { Named, WindowMaterialized } from './options.ts'
import { windowedAggregation } from './windowed-aggregation.ts'
import type { SlidingWindows, TimeWindows } from './windows.ts'

/** Kafka's `TimeWindowedKStreamImpl` and `SlidingWindowedKStreamImpl`. */
export class TimeWindowedImplementation<K, V> implements TimeWindowedKStream<K, V> {
  readonly #grouping: Grouping<K, V>
  readonly #windows: TimeWindows | SlidingWindows
  readonly #emit: EmitStrategy

  constructor(grouping: Grouping<K, V>, windows: TimeWindows | SlidingWindows, emit: EmitStrategy) {
    this.#grouping = grouping
    this.#windows = windows
    this.#emit = emit
  }

  emit(strategy: EmitStrategy): TimeWindowedKStream<K, V> {
    return new TimeWindowedImplementation(this.#grouping, this.#windows, strategy)
  }

  count(materialized?: WindowMaterialized<K, number>, named: Named = {}): KTable<Windowed<K>, number> {
    // Kafka uses up a number here, though not for sliding windows.
    if (materialized !== undefined && materialized.name === undefined && this.#windows.kind === 'time') {
      this.#grouping.state.graph.storeName('KSTREAM-AGGREGATE-')
    }
    return this.#build('KSTREAM-AGGREGATE-', named, materialized ?? {}, {
      valueSerde: serdes.long,
      aggregation: { initialize: () => 0, add: (_key, _value, count) => (count ?? 0) + 1 },
    })
  }

  reduce(
    reduce: (aggregate: V, value: V) => V | null,
    materialized: WindowMaterialized<K, V> = {},
    named: Named = {},
  ): KTable<Windowed<K>, V> {
    return this.#build('KSTREAM-REDUCE-', named, materialized, {
      valueSerde: this.#grouping.valueSerde,
      aggregation: {
        initialize: () => null,
        add: (_key, value, aggregate) => (aggregate === null ? value : reduce(aggregate, value)),
      },
    })
  }

  aggregate<A>(
    initialize: () => A,
    add: (key: K, value: V, aggregate: A) => A | null,
    materialized: WindowMaterialized<K, A> & { readonly valueSerde: Serde<A> },
    named: Named = {},
  ): KTable<Windowed<K>, A> {
    return this.#build<A>('KSTREAM-AGGREGATE-', named, materialized, {
      valueSerde: undefined,
      aggregation: { initialize, add: (key, value, aggregate) => add(key, value, aggregate ?? initialize()) },
    })
  }

  #build<A>(
    prefix: string,
    named: Named,
    materialized: WindowMaterialized<K, A>,
    how: { readonly valueSerde: Serde<A> | undefined; readonly aggregation: WindowAggregation<K, V, A> },
  ): KTable<Windowed<K>, A> {
    const windows = this.#windows
    const { valueSerde, aggregation } = how
    const { graceMs } = windows
    const emit = this.#emit
    const windowMs = windows.kind === 'time' ? windows.sizeMs : windows.differenceMs
    return windowedAggregation(this.#grouping, materialized, named, {
      kind: 'window',
      isCacheable: windows.kind === 'time' || emit === 'on-update',
      prefix,
      graceMs,
      retentionMs: graceMs + (windows.kind === 'time' ? windows.sizeMs : 2 * windows.differenceMs),
      valueSerde,
      windowedSerde: (keySerde) => timeWindowedSerde(keySerde, windowMs),
      openStore: (options, context) =>
        new WindowStore<K, A>({ ...options, windowMs, isTimeFirst: emit === 'on-close' }, context),
      create: (storeName, sendOldValues) =>
        windows.kind === 'time'
          ? new WindowAggregateNode({ ...windows, storeName, emit, aggregation }, sendOldValues)
          : new SlidingAggregateNode({ ...windows, storeName, emit, aggregation }, sendOldValues),
      view: (storeName) => ({
        storeNames: [storeName],
        open: (context) => {
          const store = windowStore<K, A>(context, storeName)
          return ({ key, window }) => store.fetch(key, window.start)
        },
      }),
    })
  }
}
