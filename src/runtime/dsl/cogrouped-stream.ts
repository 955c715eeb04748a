import { AggregateNode } from '../node/aggregate-node.ts'
import type { Serde } from '../serde/serde.ts'
import { Cogroup, type CogroupMember } from './cogroup.ts'
import { keyValueStore, nameStore } from './materialize.ts'
import type {
  CogroupedKStream,
  KGroupedStream,
  KTable,
  SessionWindowedCogroupedKStream,
  TimeWindowedCogroupedKStream,
} from './model.ts'
import type { Materialized, Named } from './options.ts'
import { storeView } from './table-view.ts'
import { sessionCogrouped, timeCogrouped } from './windowed-cogroup.ts'
import type { SessionWindows, SlidingWindows, TimeWindows } from './windows.ts'

/** How a grouped stream is asked for its part without knowing its class. */
export type MemberOf<K> = <V, A>(
  grouped: KGroupedStream<K, V>,
  add: (key: K, value: V, aggregate: A) => A | null,
) => CogroupMember<K, A>

/** Several groupings into one table: Kafka's `CogroupedKStreamImpl`. */
export class CogroupedImplementation<K, A> implements CogroupedKStream<K, A> {
  readonly #group: Cogroup<K, A>
  readonly #memberOf: MemberOf<K>

  constructor(members: readonly CogroupMember<K, A>[], memberOf: MemberOf<K>) {
    this.#group = new Cogroup(members)
    this.#memberOf = memberOf
  }

  cogroup<V>(grouped: KGroupedStream<K, V>, add: (key: K, value: V, aggregate: A) => A | null): CogroupedKStream<K, A> {
    return new CogroupedImplementation([...this.#group.members, this.#memberOf(grouped, add)], this.#memberOf)
  }

  windowedBy(windows: SessionWindows): SessionWindowedCogroupedKStream<K, A>
  windowedBy(windows: TimeWindows | SlidingWindows): TimeWindowedCogroupedKStream<K, A>
  windowedBy(
    windows: TimeWindows | SlidingWindows | SessionWindows,
  ): TimeWindowedCogroupedKStream<K, A> | SessionWindowedCogroupedKStream<K, A> {
    return windows.kind === 'session' ? sessionCogrouped(this.#group, windows) : timeCogrouped(this.#group, windows)
  }

  aggregate(
    initialize: () => A,
    materialized: Materialized<K, A> & { readonly valueSerde: Serde<A> },
    named: Named = {},
  ): KTable<K, A> {
    const { state, keySerde } = this.#group.first.grouping
    const storeName = nameStore(state.graph, 'COGROUPKSTREAM-AGGREGATE-', materialized)
    const store = keyValueStore(storeName, materialized, { keySerde, valueSerde: undefined })
    return this.#group.build<K>({
      storeName,
      store,
      named,
      keySerde: materialized.keySerde ?? keySerde,
      valueSerde: materialized.valueSerde,
      create: ({ add }, sendOldValues) =>
        new AggregateNode<K, never, A>(store.name, { kind: 'aggregate', initialize, add }, sendOldValues),
      view: () => storeView(store.name),
    })
  }
}
