import type { SessionStore } from '../store/session-store.ts'
import { Windowed } from '../store/windowed.ts'
import { sessionStore } from './store-of.ts'
import type { WindowAggregation } from './window-aggregate-node.ts'
import type { EmitStrategy } from './window-emitter.ts'
import { WindowedTableNode } from './windowed-table-node.ts'

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
export class SessionAggregateNode<K, V, A> extends WindowedTableNode<K, A, SessionStore<K, A>> {
  readonly #options: SessionAggregateOptions<K, V, A>

  constructor(options: SessionAggregateOptions<K, V, A>, sendOldValues: boolean) {
    const { storeName, emit } = options
    super({ storeName, emit, sendOldValues, open: sessionStore })
    this.#options = options
  }

  override process(key: K, value: V): void {
    if (key === null) {
      this.context.drop('null key')
      return
    }
    const { timestamp } = this.context
    const { gapMs, graceMs, aggregation, merge } = this.#options
    const closeTime = this.observe(timestamp) - graceMs - gapMs
    const joined = this.store?.find(key, timestamp - gapMs, timestamp + gapMs) ?? []
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
      this.store?.put(session, null)
      this.tell(session.window.end, session, null, held)
    }
  }

  #write(session: Windowed<K>, aggregate: A | null): void {
    this.store?.put(session, aggregate)
    this.tell(session.window.end, session, aggregate, null)
  }

  protected override timeOf(_timestamp: number, { window }: Windowed<K>): number {
    return window.end
  }

  #emitClosed(closeTime: number): void {
    const last = this.closedBefore(closeTime)
    const to = closeTime - 1
    if (last === undefined || to < 0 || to < last) return
    const ended = this.store?.findEnding(Math.max(0, last), to) ?? []
    this.emit(
      ended.map(([session, value]) => [session, value, session.window.end]),
      closeTime,
    )
  }
}
