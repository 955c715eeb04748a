import type { Serde } from '../serde/serde.ts'
import type { Windowed } from '../store/windowed.ts'
import type { Cogroup, CogroupMember } from './cogroup.ts'
import { nameStore } from './materialize.ts'
import type { KTable, SessionWindowedCogroupedKStream, TimeWindowedCogroupedKStream } from './model.ts'
import type { Named, WindowMaterialized } from './options.ts'
import { windowedStore } from './windowed-aggregation.ts'
import { mergeOf, sessionParts, timeParts, type WindowedParts } from './windowed-parts.ts'
import type { SessionWindows, SlidingWindows, TimeWindows } from './windows.ts'

/** Kafka's `TimeWindowedCogroupedKStreamImpl` and `SlidingWindowedCogroupedKStreamImpl`. */
export function timeCogrouped<K, A>(
  group: Cogroup<K, A>,
  windows: TimeWindows | SlidingWindows,
): TimeWindowedCogroupedKStream<K, A> {
  const parts = timeParts<K, never, A>(windows, 'on-update')
  return {
    aggregate: (initialize, materialized, named = {}) =>
      build(group, parts, { materialized, named, aggregationOf: (member) => aggregationOf(member, initialize) }),
  }
}

/** Kafka's `SessionWindowedCogroupedKStreamImpl`. */
export function sessionCogrouped<K, A>(
  group: Cogroup<K, A>,
  windows: SessionWindows,
): SessionWindowedCogroupedKStream<K, A> {
  const parts = sessionParts<K, never, A>(windows, 'on-update')
  return {
    aggregate: ({ initialize, merge }, materialized, named = {}) =>
      build(group, parts, {
        materialized,
        named,
        aggregationOf: (member) => ({ ...aggregationOf(member, initialize), merge: mergeOf(merge) }),
      }),
  }
}

function aggregationOf<K, A>({ add }: CogroupMember<K, A>, initialize: () => A) {
  return {
    initialize,
    add: (key: K, value: never, aggregate: A | null) => add(key, value, aggregate ?? initialize()),
  }
}

function build<K, A, Aggregation>(
  group: Cogroup<K, A>,
  parts: WindowedParts<K, A, Aggregation>,
  how: {
    readonly materialized: WindowMaterialized<K, A> & { readonly valueSerde: Serde<A> }
    readonly named: Named
    readonly aggregationOf: (member: CogroupMember<K, A>) => Aggregation
  },
): KTable<Windowed<K>, A> {
  const { materialized, named } = how
  const { state, keySerde: keys } = group.first.grouping
  const storeName = nameStore(state.graph, 'COGROUPKSTREAM-AGGREGATE-', materialized)
  const made = windowedStore(parts, storeName, materialized, { keySerde: keys, valueSerde: undefined })
  return group.build<Windowed<K>>({
    ...made,
    storeName,
    named,
    graceMs: parts.graceMs,
    create: (member, sendOldValues) => parts.create(made.store.name, how.aggregationOf(member), sendOldValues),
    view: () => parts.view(made.store.name),
  })
}
