import type { TaskContext } from '../task/task-context.ts'
import type { NamedCache, SentEntry } from './record-cache.ts'
import type { RangeBounds } from './engine.ts'
import { keyBytes, keyText } from './key-text.ts'
import { mergeOrdered } from './merge-ordered.ts'

/** What lies under a cache. */
export interface BytesBelow {
  get(text: string, key: Uint8Array): Uint8Array | null
  put(text: string, key: Uint8Array, value: Uint8Array | null): void
}

/** Told of each key that leaves the cache, in a context that is that of the record who wrote it. */
export type BytesListener = (key: Uint8Array, newValue: Uint8Array | null, oldValue: Uint8Array | null) => void

type Pair = readonly [key: Uint8Array, value: Uint8Array]

/** The record cache in front of a store, if it has one: Kafka's `Caching*Store`. */
export class CachedBytes {
  readonly #below: BytesBelow
  readonly #context: TaskContext
  readonly #cache: NamedCache | undefined
  readonly #keepsReads: boolean
  #listener: BytesListener | undefined
  #sendOldValues = false

  constructor(
    below: BytesBelow,
    context: TaskContext,
    options: {
      readonly cached: boolean
      /** Whether a value read from the store is kept in the cache: key-value stores do, segmented ones do not. */
      readonly keepsReads: boolean
    },
  ) {
    this.#below = below
    this.#context = context
    this.#keepsReads = options.keepsReads
    this.#cache =
      options.cached && context.facts.cache.isOn ? context.facts.cache.open((entry) => this.#send(entry)) : undefined
  }

  /** True where a cache holds updates back, so that the listener and not the caller forwards them. */
  listen(listener: BytesListener, sendOldValues: boolean): boolean {
    if (this.#cache === undefined) return false
    this.#listener = listener
    this.#sendOldValues = sendOldValues
    return true
  }

  get(text: string, key: Uint8Array): Uint8Array | null {
    const cache = this.#cache
    if (cache === undefined) return this.#below.get(text, key)
    const cached = cache.get(text)
    if (cached !== undefined) return cached
    const stored = this.#below.get(text, key)
    if (stored !== null && this.#keepsReads) cache.keep(text, stored)
    return stored
  }

  put(text: string, key: Uint8Array, value: Uint8Array | null): void {
    if (this.#cache === undefined) this.#below.put(text, key, value)
    else this.#cache.put(text, value, this.#context)
  }

  /** What the store has in a range, with what the cache knows laid over it. */
  merge(stored: readonly Pair[], low: string | undefined, high: string | undefined): readonly Pair[] {
    const cached = this.#cache?.range(low, high) ?? []
    if (cached.length === 0) return stored
    const merged = new Map(stored.map((pair) => [keyText(pair[0]), pair]))
    for (const [text, value] of cached) {
      if (value === null) merged.delete(text)
      else merged.set(text, [keyBytes(text), value])
    }
    return [...merged].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair)
  }

  /** As `get`, and the cache does not notice. */
  peek(text: string, key: Uint8Array): Uint8Array | null {
    const cached = this.#cache?.peek(text)
    return cached === undefined ? this.#below.get(text, key) : cached
  }

  /** As `merge`, of pairs in order, and no further than somebody reads; the cache does not notice. */
  overlay(stored: Iterable<Pair>, { from, to }: RangeBounds): Iterable<Pair> {
    const isWithin = (key: Uint8Array) =>
      (from === undefined || Buffer.compare(key, from) >= 0) && (to === undefined || Buffer.compare(key, to) < 0)
    const cached = (this.#cache?.pairs() ?? []).map(([text, value]) => ({ key: keyBytes(text), value }))
    return mergeOrdered(
      stored,
      cached.filter(({ key }) => isWithin(key)),
    )
  }

  flush(): void {
    this.#cache?.flush()
  }

  #send(entry: SentEntry): void {
    const context = this.#context
    const { topic, partition, offset, timestamp, headers } = context
    const { origin } = entry
    context.topic = origin.topic
    context.partition = origin.partition
    context.offset = origin.offset
    context.timestamp = origin.timestamp
    context.headers = origin.headers
    this.#sendInContext(entry)
    context.topic = topic
    context.partition = partition
    context.offset = offset
    context.timestamp = timestamp
    context.headers = headers
  }

  /** A key that was made and deleted between two flushes never existed for anybody else. */
  #sendInContext({ text, value }: SentEntry): void {
    const key = keyBytes(text)
    const listener = this.#listener
    if (listener === undefined) {
      this.#below.put(text, key, value)
      return
    }
    const old = value === null || this.#sendOldValues ? this.#below.get(text, key) : null
    if (value === null && old === null) return
    this.#below.put(text, key, value)
    listener(key, value, this.#sendOldValues ? old : null)
  }
}
