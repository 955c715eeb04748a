import type { SessionStore } from '../store/session-store.ts'
import { Windowed } from '../store/windowed.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'
import { sessionStore } from './store-of.ts'
import { TableForwarder } from './table-forwarder.ts'
import type { WindowAggregation } from './window-aggregate-node.ts'
import { type EmitStrategy, WindowEmitter } from './window-emitter.ts'

export interface SessionAggregateOptions<K, V, A> {
  readonly storeName: string
  readonly gapMs: number
  readonly graceMs: number
  readonly emit: EmitStrategy
  readonly aggregation: WindowAggregation<K, V, A>
  /** What two sessions become that a record has joined. */
  readonly merge: (key: K, one: A | null, two: A | null) => A | null
}

/** Sessions of activity with a gap between them: Kafka's `KStreamSessionWindowAggregate`. */
export class SessionAggregateNode<K, V, A> extends RunningNode<Windowed<K>, Change<A>> {
  readonly #options: SessionAggregateOptions<K, V, A>
  readonly #sendOldValues: boolean
  #store: SessionStore<K, A> | undefined
  #forwarder: TableForwarder<Windowed<K>, A> | undefined
  #emitter: WindowEmitter | undefined
  #observedTime = -1

  constructor(options: SessionAggregateOptions<K, V, A>, sendOldValues: boolean) {
    super()
    this.#options = options
    this.#sendOldValues = sendOldValues
  }

  override start(context: TaskContext): void {
    super.start(context)
    const { storeName, emit } = this.#options
    const store = sessionStore<K, A>(context, storeName)
    this.#store = store
    if (emit === 'on-close') this.#emitter = new WindowEmitter(context, storeName)
    else {
      this.#forwarder = new TableForwarder(
        store,
        context,
        (_timestamp, key, change) => this.forwardAt(key.window.end, key, change),
        this.#sendOldValues,
      )
    }
  }

  override process(key: K, value: V): void {
    if (key === null) {
      this.context.drop('null key')
      return
    }
    const { timestamp } = this.context
    const { gapMs, graceMs, aggregation, merge } = this.#options
    this.#observedTime = Math.max(this.#observedTime, timestamp)
    const closeTime = this.#observedTime - graceMs - gapMs
    const joined = this.#store?.find(key, timestamp - gapMs, timestamp + gapMs) ?? []
    const start = Math.min(timestamp, ...joined.map(([{ window }]) => window.start))
    const end = Math.max(timestamp, ...joined.map(([{ window }]) => window.end))
    if (end < closeTime) this.context.drop('expired window')
    else {
      let aggregate = aggregation.initialize()
      for (const [, held] of joined) aggregate = merge(key, aggregate, held)
      if (start !== timestamp || end !== timestamp) this.#remove(joined)
      this.#write(new Windowed(key, { start, end }), aggregation.add(key, value, aggregate))
    }
    this.#emitClosed(closeTime)
  }

  #remove(joined: readonly (readonly [Windowed<K>, A])[]): void {
    for (const [session, held] of joined) {
      this.#store?.put(session, null)
      this.#forwarder?.forward(session.window.end, session, null, held)
    }
  }

  #write(session: Windowed<K>, aggregate: A | null): void {
    this.#store?.put(session, aggregate)
    this.#forwarder?.forward(session.window.end, session, aggregate, null)
  }

  #emitClosed(closeTime: number): void {
    const emitter = this.#emitter
    if (emitter === undefined || !emitter.isDue(closeTime)) return
    const to = closeTime - 1
    const from = Math.max(0, emitter.lastCloseTime)
    if (to < 0 || to < from) return
    for (const [session, value] of this.#store?.findEnding(from, to) ?? []) {
      this.forwardAt(session.window.end, session, { newValue: value, oldValue: null })
    }
    emitter.emitted(closeTime)
  }
}
