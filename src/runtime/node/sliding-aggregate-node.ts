import type { ValueAndTimestamp } from '../store/table-store.ts'
import type { WindowStore } from '../store/window-store.ts'
import { Windowed } from '../store/windowed.ts'
import { windowStore } from './store-of.ts'
import type { WindowAggregation } from './window-aggregate-node.ts'
import type { EmitStrategy } from './window-emitter.ts'
import { WindowedTableNode } from './windowed-table-node.ts'

export interface SlidingAggregateOptions<K, V, A> {
  readonly storeName: string
  /** The largest difference between two records of one window; both ends are in it. */
  readonly differenceMs: number
  readonly graceMs: number
  readonly emit: EmitStrategy
  readonly aggregation: WindowAggregation<K, V, A>
}

/** A window about to take the record, with what it has or would have had so far. */
interface Base<A> {
  readonly start: number
  readonly held: { readonly value: A | null; readonly timestamp: number }
}

/** What the windows around a record look like before it is added. */
interface Around<A> {
  readonly starts: Set<number>
  left: ValueAndTimestamp<A> | undefined
  right: ValueAndTimestamp<A> | undefined
  leftExists: boolean
  rightExists: boolean
  /** The time of the latest record before this one, as far as a window shows it. */
  previous: number | undefined
  /** A record of the same time was here: nothing is left to be made. */
  isRepeat: boolean
}

/**
 * Windows that begin or end at a record: Kafka's `KStreamSlidingWindowAggregate`.
 * A record at T makes the window that ends at T and, where later records are
 * known, the one that begins at T + 1; and it joins every window around it.
 */
export class SlidingAggregateNode<K, V, A> extends WindowedTableNode<K, A, WindowStore<K, A>> {
  readonly #options: SlidingAggregateOptions<K, V, A>

  constructor(options: SlidingAggregateOptions<K, V, A>, sendOldValues: boolean) {
    const { storeName, emit } = options
    super({ storeName, emit, sendOldValues, open: windowStore })
    this.#options = options
  }

  override process(key: K, value: V): void {
    if (key === null || value === null) {
      this.context.drop('null key or value')
      return
    }
    const { timestamp } = this.context
    const { differenceMs, graceMs } = this.#options
    const closeTime = this.observe(timestamp) - graceMs
    if (timestamp + differenceMs < closeTime) {
      this.context.drop('expired window')
      return
    }
    if (timestamp < differenceMs) {
      // Kafka returns here before it looks for final results.
      this.#processEarly(key, value, closeTime)
      return
    }
    const around = this.#lookAround(key, value, closeTime)
    if (!around.isRepeat) this.#makeWindows(key, value, around, closeTime)
    this.#emitClosed(closeTime)
  }

  /** Adds the record to the windows that hold it, latest first, and notes what is there. */
  #lookAround(key: K, value: V, closeTime: number): Around<A> {
    const { timestamp } = this.context
    const { differenceMs } = this.#options
    const around = nothingAround<A>()
    const windows = this.store?.fetchKey(key, Math.max(0, timestamp - 2 * differenceMs), timestamp + 1) ?? []
    for (const { start, held } of windows.toReversed()) {
      around.starts.add(start)
      const end = start + differenceMs
      if (start === timestamp + 1) around.rightExists = true
      else if (end > timestamp) {
        around.right ??= held
        this.#update(key, value, { start, held }, closeTime)
      } else if (end === timestamp) {
        around.leftExists = true
        this.#update(key, value, { start, held }, closeTime)
        if (held.timestamp >= timestamp) {
          around.isRepeat = true
          return around
        }
        around.previous = held.timestamp
      } else {
        around.left = held
        around.previous = held.timestamp
        break
      }
    }
    return around
  }

  #makeWindows(key: K, value: V, around: Around<A>, closeTime: number): void {
    const { timestamp } = this.context
    const { differenceMs } = this.#options
    const { previous, left } = around
    if (previous !== undefined) {
      const start = previous + 1
      if (!around.starts.has(start) && start + differenceMs >= timestamp) this.#make(key, value, start, closeTime)
    }
    if (!around.leftExists) {
      const hasLeft = previous !== undefined && timestamp - differenceMs <= previous && left !== undefined
      const base = hasLeft ? left.value : this.#options.aggregation.initialize()
      this.#update(key, value, { start: timestamp - differenceMs, held: { value: base, timestamp } }, closeTime)
    }
    this.#makeRight(key, around)
  }

  /** Records near the epoch share one window that begins at 0. */
  #processEarly(key: K, value: V, closeTime: number): void {
    const { timestamp } = this.context
    const around = nothingAround<A>()
    const combined = this.#lookAroundEarly(key, value, around, closeTime)
    if (around.right === undefined && combined !== undefined && combined.timestamp > timestamp) around.right = combined
    this.#makeRight(key, around)
    if (around.previous !== undefined && !around.starts.has(around.previous + 1)) {
      this.#make(key, value, around.previous + 1, closeTime)
    }
    const base = combined ?? { value: this.#options.aggregation.initialize(), timestamp }
    this.#update(key, value, { start: 0, held: base }, closeTime)
  }

  /** What the window that begins at 0 has so far; the others that hold the record are updated on the way. */
  #lookAroundEarly(key: K, value: V, around: Around<A>, closeTime: number): ValueAndTimestamp<A> | undefined {
    const { timestamp } = this.context
    let combined: ValueAndTimestamp<A> | undefined
    for (const { start, held } of this.store?.fetchKey(key, 0, timestamp + 1) ?? []) {
      around.starts.add(start)
      if (start === 0) {
        combined = held
        if (held.timestamp < timestamp) around.previous = held.timestamp
      } else if (start <= timestamp) {
        around.right = held
        this.#update(key, value, { start, held }, closeTime)
      } else around.rightExists = true
    }
    return combined
  }

  /** The window behind the record, for later records that are known already. */
  #makeRight(key: K, { right, rightExists }: Around<A>): void {
    const { timestamp } = this.context
    if (rightExists || right === undefined || right.timestamp <= timestamp) return
    const start = timestamp + 1
    this.store?.put(key, right.value, start, right.timestamp)
    this.tell(right.timestamp, this.#windowed(key, start), right.value, null)
  }

  #make(key: K, value: V, start: number, closeTime: number): void {
    const { timestamp } = this.context
    this.#update(key, value, { start, held: { value: this.#options.aggregation.initialize(), timestamp } }, closeTime)
  }

  #update(key: K, value: V, { start, held }: Base<A>, closeTime: number): void {
    if (start + this.#options.differenceMs < closeTime) {
      this.context.drop('expired window')
      return
    }
    const after = this.#options.aggregation.add(key, value, held.value)
    const timestamp = Math.max(held.timestamp, this.context.timestamp)
    this.store?.put(key, after, start, timestamp)
    this.tell(timestamp, this.#windowed(key, start), after, held.value)
  }

  #windowed(key: K, start: number): Windowed<K> {
    return new Windowed(key, { start, end: start + this.#options.differenceMs })
  }

  #emitClosed(closeTime: number): void {
    const last = this.closedBefore(closeTime)
    const { differenceMs } = this.#options
    const to = closeTime - differenceMs - 1
    if (last === undefined || to < 0) return
    const from = last === -1 ? 0 : Math.max(0, last - differenceMs)
    if (to < from) return
    this.emit(
      this.store?.fetchAll(from, to).map(([key, { value, timestamp }]) => [key, value, timestamp]) ?? [],
      closeTime,
    )
  }
}

function nothingAround<A>(): Around<A> {
  return {
    starts: new Set(),
    left: undefined,
    right: undefined,
    leftExists: false,
    rightExists: false,
    previous: undefined,
    isRepeat: false,
  }
}
