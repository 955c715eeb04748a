import type { EmitStrategy } from '../node/window-emitter.ts'
import type { Serde } from '../serde/serde.ts'
import { serdes } from '../serde/serdes.ts'
import type { Windowed } from '../store/windowed.ts'
import type { Grouping } from './grouping.ts'
import type { KTable, SessionWindowedKStream } from './model.ts'
import type { Named, WindowMaterialized } from './options.ts'
import { windowedAggregation } from './windowed-aggregation.ts'
import { mergeOf, type SessionAggregation, sessionParts } from './windowed-parts.ts'
import type { SessionWindows } from './windows.ts'

/** Kafka's `SessionWindowedKStreamImpl`. */
export class SessionWindowedImplementation<K, V> implements SessionWindowedKStream<K, V> {
  readonly #grouping: Grouping<K, V>
  readonly #windows: SessionWindows
  readonly #emit: EmitStrategy

  constructor(grouping: Grouping<K, V>, windows: SessionWindows, emit: EmitStrategy) {
    this.#grouping = grouping
    this.#windows = windows
    this.#emit = emit
  }

  emit(strategy: EmitStrategy): SessionWindowedKStream<K, V> {
    return new SessionWindowedImplementation(this.#grouping, this.#windows, strategy)
  }

  count(materialized?: WindowMaterialized<K, number>, named: Named = {}): KTable<Windowed<K>, number> {
    if (materialized !== undefined && materialized.name === undefined) {
      this.#grouping.state.graph.storeName('KSTREAM-AGGREGATE-')
    }
    return this.#build('KSTREAM-AGGREGATE-', named, materialized ?? {}, {
      valueSerde: serdes.long,
      aggregation: {
        initialize: () => 0,
        add: (_key, _value, count) => (count ?? 0) + 1,
        merge: (_key, one, two) => (one ?? 0) + (two ?? 0),
      },
    })
  }

  reduce(
    reduce: (aggregate: V, value: V) => V | null,
    materialized: WindowMaterialized<K, V> = {},
    named: Named = {},
  ): KTable<Windowed<K>, V> {
    const join = (one: V | null, two: V) => (one === null ? two : reduce(one, two))
    return this.#build('KSTREAM-REDUCE-', named, materialized, {
      valueSerde: this.#grouping.valueSerde,
      aggregation: {
        initialize: () => null,
        add: (_key, value, aggregate) => join(aggregate, value),
        merge: (_key, one, two) => (two === null ? one : join(one, two)),
      },
    })
  }

  aggregate<A>(
    aggregation: {
      readonly initialize: () => A
      readonly add: (key: K, value: V, aggregate: A) => A | null
      readonly merge: (key: K, one: A, two: A) => A | null
    },
    materialized: WindowMaterialized<K, A> & { readonly valueSerde: Serde<A> },
    named: Named = {},
  ): KTable<Windowed<K>, A> {
    const { initialize, add, merge } = aggregation
    return this.#build<A>('KSTREAM-AGGREGATE-', named, materialized, {
      valueSerde: undefined,
      aggregation: {
        initialize,
        add: (key, value, aggregate) => add(key, value, aggregate ?? initialize()),
        merge: mergeOf(merge),
      },
    })
  }

  #build<A>(
    prefix: 'KSTREAM-AGGREGATE-' | 'KSTREAM-REDUCE-',
    named: Named,
    materialized: WindowMaterialized<K, A>,
    how: { readonly valueSerde: Serde<A> | undefined; readonly aggregation: SessionAggregation<K, V, A> },
  ): KTable<Windowed<K>, A> {
    const parts = sessionParts<K, V, A>(this.#windows, this.#emit)
    return windowedAggregation(this.#grouping, parts, { prefix, materialized, named, ...how })
  }
}
