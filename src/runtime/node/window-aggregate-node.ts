import type { WindowStore } from '../store/window-store.ts'
import { Windowed } from '../store/windowed.ts'
import { windowStore } from './store-of.ts'
import type { EmitStrategy } from './window-emitter.ts'
import { WindowedTableNode } from './windowed-table-node.ts'

/** How values become one per window. Null is an aggregate that is not there. */
export interface WindowAggregation<K, V, A> {
  readonly initialize: () => A | null
  readonly add: (key: K, value: V, aggregate: A | null) => A | null
}

export interface WindowAggregateOptions<K, V, A> {
  readonly storeName: string
  readonly sizeMs: number
  readonly advanceMs: number
  readonly graceMs: number
  readonly emit: EmitStrategy
  readonly aggregation: WindowAggregation<K, V, A>
}

/** Tumbling and hopping windows, aligned to the epoch: Kafka's `KStreamWindowAggregate`. */
export class WindowAggregateNode<K, V, A> extends WindowedTableNode<K, A, WindowStore<K, A>> {
  readonly #options: WindowAggregateOptions<K, V, A>

  constructor(options: WindowAggregateOptions<K, V, A>, sendOldValues: boolean) {
    const { storeName, emit } = options
    super({ storeName, emit, sendOldValues, open: windowStore })
    this.#options = options
  }

  override process(key: K, value: V): void {
    if (key === null) {
      this.context.drop('null key')
      return
    }
    const { timestamp } = this.context
    const { sizeMs, advanceMs, graceMs } = this.#options
    const closeTime = this.observe(timestamp) - graceMs
    const first = Math.floor(Math.max(0, timestamp - sizeMs + advanceMs) / advanceMs) * advanceMs
    for (let start = first; start <= timestamp; start += advanceMs) {
      if (start + sizeMs > closeTime) this.#update(key, value, start)
      else this.context.drop('expired window')
    }
    this.#emitClosed(closeTime)
  }

  #update(key: K, value: V, start: number): void {
    const { aggregation, sizeMs } = this.#options
    const now = this.context.timestamp
    const held = this.store?.fetch(key, start)
    const before = held === undefined ? aggregation.initialize() : held.value
    const timestamp = held === undefined ? now : Math.max(now, held.timestamp)
    const after = aggregation.add(key, value, before)
    this.store?.put(key, after, start, timestamp)
    this.tell(timestamp, new Windowed(key, { start, end: start + sizeMs }), after, before)
  }

  #emitClosed(closeTime: number): void {
    const last = this.closedBefore(closeTime)
    const { sizeMs, advanceMs } = this.#options
    const to = closeTime - sizeMs
    if (last === undefined || to < 0) return
    const from = last === -1 ? 0 : Math.max(0, last - sizeMs) + 1
    if (last !== -1 && sameWindows(from - 1, to, sizeMs, advanceMs)) return
    this.emit(
      this.store?.fetchAll(from, to).map(([key, { value, timestamp }]) => [key, value, timestamp]) ?? [],
      closeTime,
    )
  }
}

/** Whether two times lie in the same windows, so that none has closed between them. */
function sameWindows(a: number, b: number, sizeMs: number, advanceMs: number): boolean {
  const first = (time: number) => Math.floor(Math.max(0, time - sizeMs + advanceMs) / advanceMs)
  const last = (time: number) => Math.floor(time / advanceMs)
  return first(a) === first(b) && last(a) === last(b)
}
