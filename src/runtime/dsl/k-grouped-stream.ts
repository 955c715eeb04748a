import { AggregateNode, type Aggregation } from '../node/aggregate-node.ts'
import { serdes } from '../serde/serdes.ts'
import type { Serde } from '../serde/serde.ts'
import { Grouping } from './grouping.ts'
import type { Internals } from './internals.ts'
import type { Makers } from './makers.ts'
import { keyValueStore, nameStore } from './materialize.ts'
import type { CogroupMember } from './cogroup.ts'
import { CogroupedImplementation } from './cogrouped-stream.ts'
import type { CogroupedKStream, KGroupedStream, KTable, SessionWindowedKStream, TimeWindowedKStream } from './model.ts'
import type { Grouped, Materialized, Named } from './options.ts'
import { processorNode } from './processor-graph.ts'
import { SessionWindowedImplementation } from './session-windowed-stream.ts'
import { storeView } from './table-view.ts'
import { TimeWindowedImplementation } from './time-windowed-stream.ts'
import type { SessionWindows, SlidingWindows, TimeWindows } from './windows.ts'

/** Kafka's `KGroupedStreamImpl`. */
export class GroupedStreamImplementation<K, V> implements KGroupedStream<K, V> {
  readonly #grouping: Grouping<K, V>

  constructor(state: Internals<K, V>, grouped: Grouped<K, V>, makers: Makers) {
    this.#grouping = new Grouping(state, grouped, makers)
  }

  windowedBy(windows: SessionWindows): SessionWindowedKStream<K, V>
  windowedBy(windows: TimeWindows | SlidingWindows): TimeWindowedKStream<K, V>
  windowedBy(
    windows: TimeWindows | SlidingWindows | SessionWindows,
  ): TimeWindowedKStream<K, V> | SessionWindowedKStream<K, V> {
    return windows.kind === 'session'
      ? new SessionWindowedImplementation(this.#grouping, windows, 'on-update')
      : new TimeWindowedImplementation(this.#grouping, windows, 'on-update')
  }

  cogroup<A>(add: (key: K, value: V, aggregate: A) => A | null): CogroupedKStream<K, A> {
    return new CogroupedImplementation<K, A>([memberOf<K, V, A>(this, add)], memberOf)
  }

  /** What this grouping is to a cogroup. */
  get grouping(): Grouping<K, V> {
    return this.#grouping
  }

  count(materialized?: Materialized<K, number>, named: Named = {}): KTable<K, number> {
    // Kafka uses up a number here, for compatibility with its own past.
    if (materialized !== undefined && materialized.name === undefined) {
      this.#grouping.state.graph.storeName('KSTREAM-AGGREGATE-')
    }
    return this.#build('KSTREAM-AGGREGATE-', named, materialized ?? {}, {
      valueSerde: serdes.long,
      aggregation: { kind: 'aggregate', initialize: () => 0, add: (_key, _value, count) => count + 1 },
    })
  }

  reduce(
    reduce: (aggregate: V, value: V) => V | null,
    materialized: Materialized<K, V> = {},
    named: Named = {},
  ): KTable<K, V> {
    return this.#build('KSTREAM-REDUCE-', named, materialized, {
      valueSerde: this.#grouping.valueSerde,
      aggregation: {
        kind: 'reduce',
        first: (value) => value,
        add: (_key, value, aggregate) => reduce(aggregate, value),
      },
    })
  }

  aggregate<A>(
    initialize: () => A,
    add: (key: K, value: V, aggregate: A) => A | null,
    materialized: Materialized<K, A> & { readonly valueSerde: Serde<A> },
    named: Named = {},
  ): KTable<K, A> {
    return this.#build('KSTREAM-AGGREGATE-', named, materialized, {
      valueSerde: undefined,
      aggregation: { kind: 'aggregate', initialize, add },
    })
  }

  #build<A>(
    prefix: string,
    named: Named,
    materialized: Materialized<K, A>,
    how: { readonly valueSerde: Serde<A> | undefined; readonly aggregation: Aggregation<K, V, A> },
  ): KTable<K, A> {
    const { state, keySerde } = this.#grouping
    const storeName = nameStore(state.graph, prefix, materialized)
    const name = state.graph.processorName(prefix, named.name)
    const store = keyValueStore(storeName, materialized, { keySerde, valueSerde: how.valueSerde })
    let sendOldValues = false
    const create = () => new AggregateNode(store.name, how.aggregation, sendOldValues)
    return this.#grouping.add<K, A>({
      node: processorNode(name, create, { stores: () => [store], isVersioned: store.kind === 'versioned' }),
      storeName,
      keySerde: materialized.keySerde ?? keySerde,
      valueSerde: materialized.valueSerde ?? how.valueSerde,
      source: {
        sendOldValues: () => {
          sendOldValues = true
          return true
        },
        view: () => storeView(store.name),
      },
    })
  }
}

function memberOf<K, V, A>(
  grouped: KGroupedStream<K, V>,
  add: (key: K, value: V, aggregate: A) => A | null,
): CogroupMember<K, A> {
  if (!(grouped instanceof GroupedStreamImplementation)) throw new TypeError('cogroup takes a grouped stream')
  return { grouping: grouped.grouping, add }
}
