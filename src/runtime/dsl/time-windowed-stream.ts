import type { WindowAggregation } from '../node/window-aggregate-node.ts'
import type { EmitStrategy } from '../node/window-emitter.ts'
import type { Serde } from '../serde/serde.ts'
import { serdes } from '../serde/serdes.ts'
import type { Windowed } from '../store/windowed.ts'
import type { Grouping } from './grouping.ts'
import type { KTable, TimeWindowedKStream } from './model.ts'
import type { Named, WindowMaterialized } from './options.ts'
import { windowedAggregation } from './windowed-aggregation.ts'
import { timeParts } from './windowed-parts.ts'
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
    prefix: 'KSTREAM-AGGREGATE-' | 'KSTREAM-REDUCE-',
    named: Named,
    materialized: WindowMaterialized<K, A>,
    how: { readonly valueSerde: Serde<A> | undefined; readonly aggregation: WindowAggregation<K, V, A> },
  ): KTable<Windowed<K>, A> {
    const parts = timeParts<K, V, A>(this.#windows, this.#emit)
    return windowedAggregation(this.#grouping, parts, { prefix, materialized, named, ...how })
  }
}
