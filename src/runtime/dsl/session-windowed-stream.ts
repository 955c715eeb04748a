import { SessionAggregateNode } from '../node/session-aggregate-node.ts'
import { sessionStore } from '../node/store-of.ts'
import type { WindowAggregation } from '../node/window-aggregate-node.ts'
import type { EmitStrategy } from '../node/window-emitter.ts'
import type { Serde } from '../serde/serde.ts'
import { serdes } from '../serde/serdes.ts'
import { sessionWindowedSerde } from '../serde/windowed-serde.ts'
import { SessionStore } from '../store/session-store.ts'
import type { Windowed } from '../store/windowed.ts'
import type { Grouping } from './grouping.ts'
import type { KTable, SessionWindowedKStream } from './model.ts'
import type { Named, WindowMaterialized } from './options.ts'
import { windowedAggregation } from './windowed-aggregation.ts'
import type { SessionWindows } from './windows.ts'

interface SessionAggregation<K, V, A> extends WindowAggregation<K, V, A> {
  readonly valueSerde: Serde<A> | undefined
  readonly merge: (key: K, one: A | null, two: A | null) => A | null
}

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
      initialize: () => 0,
      add: (_key, _value, count) => (count ?? 0) + 1,
      merge: (_key, one, two) => (one ?? 0) + (two ?? 0),
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
      initialize: () => null,
      add: (_key, value, aggregate) => join(aggregate, value),
      merge: (_key, one, two) => (two === null ? one : join(one, two)),
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
      initialize,
      add: (key, value, aggregate) => add(key, value, aggregate ?? initialize()),
      merge: (key, one, two) => (one === null || two === null ? (one ?? two) : merge(key, one, two)),
    })
  }

  #build<A>(
    prefix: string,
    named: Named,
    materialized: WindowMaterialized<K, A>,
    { merge, valueSerde, ...aggregation }: SessionAggregation<K, V, A>,
  ): KTable<Windowed<K>, A> {
    const { gapMs, graceMs } = this.#windows
    const emit = this.#emit
    return windowedAggregation(this.#grouping, materialized, named, {
      kind: 'session',
      isCacheable: emit === 'on-update',
      prefix,
      graceMs: graceMs + gapMs,
      retentionMs: graceMs + gapMs,
      valueSerde,
      windowedSerde: sessionWindowedSerde,
      openStore: (options, context) => new SessionStore<K, A>(options, context),
      create: (storeName, sendOldValues) =>
        new SessionAggregateNode({ storeName, gapMs, graceMs, emit, aggregation, merge }, sendOldValues),
      view: (storeName) => ({
        storeNames: [storeName],
        open: (context) => {
          const store = sessionStore<K, A>(context, storeName)
          return (session) => {
            const value = store.fetch(session)
            return value === undefined ? undefined : { value, timestamp: session.window.end }
          }
        },
      }),
    })
  }
}
