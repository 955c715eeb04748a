import type { JoinWindowStore } from '../store/join-window-store.ts'
import { OuterJoinStore, type Unjoined } from '../store/outer-join-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import { RunningNode } from './running-node.ts'
import { joinWindowStore } from './store-of.ts'

/** Remembers each record of one side for the other, after the join has seen it. */
export class JoinWindowNode<K, V> extends RunningNode<K, V> {
  readonly #storeName: string
  #store: JoinWindowStore<K, V> | undefined

  constructor(storeName: string) {
    super()
    this.#storeName = storeName
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#store = joinWindowStore<K, V>(context, this.#storeName)
  }

  override process(key: K, value: V): void {
    this.forward(key, value)
    if (key !== null) this.#store?.put(key, value, this.context.timestamp)
  }
}

/** What both sides of one join know together, in one task. */
export interface JoinClock {
  streamTime: number
  /** The earliest record that may still wait for a partner. */
  minTime: number
  nextEmitMs: number
}

export interface StreamJoinOptions<K, V, VOther, VOut> {
  readonly isLeft: boolean
  /** Whether a record of this side without a partner is a result. */
  readonly isOuter: boolean
  /** How far before and after a record of this side its partners may be. */
  readonly beforeMs: number
  readonly afterMs: number
  readonly graceMs: number
  readonly otherStore: string
  readonly outerStore: string | undefined
  readonly clockOf: (context: TaskContext) => JoinClock
  readonly join: (value: V | null, other: VOther | null, key: K) => VOut
}

/**
 * One side of a stream-stream join: Kafka's `KStreamKStreamJoin`. Matches are
 * results at once; a record without a match is one when its window has closed.
 */
export class StreamJoinNode<K, V, VOther, VOut> extends RunningNode<K, VOut> {
  readonly #options: StreamJoinOptions<K, V, VOther, VOut>
  #others: JoinWindowStore<K, VOther> | undefined
  #outer: Waiting<K, V, VOther> | undefined
  #clock: JoinClock = { streamTime: -1, minTime: Number.MAX_SAFE_INTEGER, nextEmitMs: 0 }

  constructor(options: StreamJoinOptions<K, V, VOther, VOut>) {
    super()
    this.#options = options
  }

  override start(context: TaskContext): void {
    super.start(context)
    const { otherStore, outerStore, clockOf } = this.#options
    this.#others = joinWindowStore<K, VOther>(context, otherStore)
    if (outerStore !== undefined) this.#outer = waitingIn(context, outerStore, this.#options.isLeft)
    this.#clock = clockOf(context)
  }

  override process(key: K, value: V): void {
    const { timestamp } = this.context
    const { isOuter, join } = this.#options
    const clock = this.#clock
    clock.streamTime = Math.max(clock.streamTime, timestamp)
    if (isOuter && key === null && value !== null) {
      this.forward(key, join(value, null, key))
      return
    }
    if (key === null || value === null) {
      this.context.drop('null key or value')
      return
    }
    if (timestamp === clock.streamTime) this.#emitUnjoined()
    this.#joinOthers(key, value)
  }

  #joinOthers(key: K, value: V): void {
    const { timestamp } = this.context
    const { isLeft, isOuter, beforeMs, afterMs, join } = this.#options
    const from = Math.max(0, timestamp - beforeMs)
    const to = Math.max(0, timestamp + afterMs)
    const others = this.#others?.fetch(key, from, to) ?? []
    for (const other of others) {
      this.#outer?.delete({ key, timestamp: other.timestamp, isLeft: !isLeft })
      this.forwardAt(Math.max(timestamp, other.timestamp), key, join(value, other.value, key))
    }
    if (!isOuter || others.length > 0) return
    if (this.#outer === undefined || to < this.#clock.streamTime) {
      this.forward(key, join(value, null, key))
      return
    }
    this.#clock.minTime = Math.min(this.#clock.minTime, timestamp)
    this.#outer.add({ key, timestamp, isLeft }, value)
  }

  /** Forwards what waited for a partner until its window closed. */
  #emitUnjoined(): void {
    const outer = this.#outer
    if (outer === undefined || !this.#mayEmit()) return
    const clock = this.#clock
    clock.minTime = Number.MAX_SAFE_INTEGER
    const open = { left: false, right: false }
    const emitted: Unjoined<K>[] = []
    for (const { waiting, mine, other } of outer.all()) {
      clock.minTime = waiting.timestamp
      if (open.left && open.right) break
      if (this.#isOpen(waiting)) open[waiting.isLeft ? 'left' : 'right'] = true
      else {
        this.forwardAt(waiting.timestamp, waiting.key, this.#options.join(mine, other, waiting.key))
        this.#forget(outer, emitted.at(-1), waiting)
        emitted.push(waiting)
      }
    }
    this.#forget(outer, emitted.at(-1), undefined)
  }

  /** A key is deleted once the last of its records has been forwarded. */
  #forget(outer: Waiting<K, V, VOther>, last: Unjoined<K> | undefined, next: Unjoined<K> | undefined): void {
    if (last !== undefined && (next === undefined || !isSame(last, next))) outer.delete(last)
  }

  #mayEmit(): boolean {
    const clock = this.#clock
    const { afterMs, graceMs } = this.#options
    const { wallClock, facts } = this.context
    // Unknown counts as due: after a restart the store may hold what nobody here has seen.
    const isKnown = clock.minTime !== Number.MAX_SAFE_INTEGER || afterMs + graceMs === 0
    if (isKnown && clock.minTime + afterMs + graceMs >= clock.streamTime) return false
    if (wallClock < clock.nextEmitMs) return false
    clock.nextEmitMs = wallClock + facts.emitIntervalMs
    return true
  }

  #isOpen({ isLeft }: Unjoined<K>): boolean {
    const options = this.#options
    // Both sides' bounds are written from this side: the right one looks the other way.
    const lookBackMs = isLeft === options.isLeft ? options.afterMs : options.beforeMs
    return this.#clock.minTime + lookBackMs + options.graceMs >= this.#clock.streamTime
  }
}

function isSame<K>(a: Unjoined<K>, b: Unjoined<K>): boolean {
  return a === b || (a.timestamp === b.timestamp && a.isLeft === b.isLeft && String(a.key) === String(b.key))
}

/** The shared store as one side sees it. */
interface Waiting<K, V, VOther> {
  add(waiting: Unjoined<K>, value: V): void
  delete(waiting: Unjoined<K>): void
  all(): { readonly waiting: Unjoined<K>; readonly mine: V | null; readonly other: VOther | null }[]
}

function waitingIn<K, V, VOther>(context: TaskContext, name: string, isLeft: boolean): Waiting<K, V, VOther> {
  if (isLeft) {
    const store = outerJoinStore<K, V, VOther>(context, name)
    const all = () => store.all().map(({ waiting, left, right }) => ({ waiting, mine: left, other: right }))
    return { all, add: (waiting, value) => store.add(waiting, value), delete: (waiting) => store.delete(waiting) }
  }
  const store = outerJoinStore<K, VOther, V>(context, name)
  const all = () => store.all().map(({ waiting, left, right }) => ({ waiting, mine: right, other: left }))
  return { all, add: (waiting, value) => store.add(waiting, value), delete: (waiting) => store.delete(waiting) }
}

function outerJoinStore<K, VLeft, VRight>(context: TaskContext, name: string): OuterJoinStore<K, VLeft, VRight> {
  const store = context.stores.get(name)
  if (isOuterJoin<K, VLeft, VRight>(store)) return store
  throw new Error(`${name} is not an outer join store of this task`)
}

function isOuterJoin<K, VLeft, VRight>(store: unknown): store is OuterJoinStore<K, VLeft, VRight> {
  return store instanceof OuterJoinStore
}
