import type { RunningNode } from '../node/running-node.ts'
import { SessionAggregateNode } from '../node/session-aggregate-node.ts'
import { SlidingAggregateNode } from '../node/sliding-aggregate-node.ts'
import { sessionStore, windowStore } from '../node/store-of.ts'
import { type WindowAggregation, WindowAggregateNode } from '../node/window-aggregate-node.ts'
import type { EmitStrategy } from '../node/window-emitter.ts'
import type { Serde } from '../serde/serde.ts'
import { sessionWindowedSerde, timeWindowedSerde } from '../serde/windowed-serde.ts'
import { SessionStore } from '../store/session-store.ts'
import type { StateStore } from '../store/state-store.ts'
import type { StoreOptions } from '../store/timestamped-store.ts'
import { WindowStore } from '../store/window-store.ts'
import type { Windowed } from '../store/windowed.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { TableView } from './table-internals.ts'
import type { SessionWindows, SlidingWindows, TimeWindows } from './windows.ts'

/** What one kind of windows makes of an aggregation: its node, its store, its keys. */
export interface WindowedParts<K, A, Aggregation> {
  readonly kind: 'window' | 'session'
  readonly isCacheable: boolean
  /** How long after a window's end its result may still change: `suppress` waits for it. */
  readonly graceMs: number
  /** The least a store must keep, which it keeps unless told to keep more. */
  readonly retentionMs: number
  readonly windowedSerde: (keySerde: Serde<K>) => Serde<Windowed<K>>
  readonly openStore: (
    options: StoreOptions<K, A> & { readonly retentionMs: number },
    context: TaskContext,
  ) => StateStore
  readonly create: (storeName: string, aggregation: Aggregation, sendOldValues: boolean) => RunningNode
  readonly view: (storeName: string) => TableView<Windowed<K>, A>
}

/** Of tumbling, hopping and sliding windows. */
export function timeParts<K, V, A>(
  windows: TimeWindows | SlidingWindows,
  emit: EmitStrategy,
): WindowedParts<K, A, WindowAggregation<K, V, A>> {
  const { graceMs } = windows
  const windowMs = windows.kind === 'time' ? windows.sizeMs : windows.differenceMs
  return {
    kind: 'window',
    isCacheable: windows.kind === 'time' || emit === 'on-update',
    graceMs,
    retentionMs: graceMs + (windows.kind === 'time' ? windowMs : 2 * windowMs),
    windowedSerde: (keySerde) => timeWindowedSerde(keySerde, windowMs),
    openStore: (options, context) =>
      new WindowStore<K, A>({ ...options, windowMs, isTimeFirst: emit === 'on-close' }, context),
    create: (storeName, aggregation, sendOldValues) =>
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
  }
}

export interface SessionAggregation<K, V, A> extends WindowAggregation<K, V, A> {
  /** What two sessions become that a record has joined. */
  readonly merge: (key: K, one: A | null, two: A | null) => A | null
}

export function sessionParts<K, V, A>(
  { gapMs, graceMs }: SessionWindows,
  emit: EmitStrategy,
): WindowedParts<K, A, SessionAggregation<K, V, A>> {
  return {
    kind: 'session',
    isCacheable: emit === 'on-update',
    graceMs: graceMs + gapMs,
    retentionMs: graceMs + gapMs,
    windowedSerde: sessionWindowedSerde,
    openStore: (options, context) => new SessionStore<K, A>(options, context),
    create: (storeName, { merge, ...aggregation }, sendOldValues) =>
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
  }
}

/** Kafka's merger meets no null: a session without an aggregate adds nothing. */
export function mergeOf<K, A>(merge: (key: K, one: A, two: A) => A | null) {
  return (key: K, one: A | null, two: A | null) => (one === null || two === null ? (one ?? two) : merge(key, one, two))
}
