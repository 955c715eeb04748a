import type { RecordBatch } from '../../kafka/record.ts'
import { readLong, viewOf, writeLong } from '../serde/serdes.ts'
import type { TaskContext } from '../task/task-context.ts'
import { CachedBytes } from './cached-bytes.ts'
import { keyText } from './key-text.ts'
import { StoreBytes } from './store-bytes.ts'

export interface SegmentedOptions {
  readonly name: string
  readonly persistent: boolean
  readonly logged: boolean
  readonly cached: boolean
  readonly retentionMs: number
  readonly isTimestamped: boolean
  /** Kafka's time-ordered stores of windows, which show one millisecond more. */
  readonly isTimeFirst: boolean
  /** The time of a key as the changelog has it. */
  readonly timeOf: (key: Uint8Array) => number
}

export interface SegmentedRange {
  readonly low?: Uint8Array
  readonly high?: Uint8Array
  readonly from: number
  readonly to: number
  /** Also what is behind the retention in a live segment. */
  readonly withExpired?: boolean
}

/** A key as the changelog has it, with its value as the store has it. */
export type SegmentedPair = readonly [key: Uint8Array, stored: Uint8Array]

/**
 * Bytes that expire: keys carry a time, lie in segments of it, and whole segments
 * are dropped once they are behind the retention. What is behind it within a live
 * segment is not shown. Kafka's `AbstractRocksDBSegmentedBytesStore`, and
 * `InMemoryWindowStore` where the store is not persistent: the one takes writes
 * into any live segment, the other only within the retention.
 */
export class SegmentedBytes {
  readonly #options: SegmentedOptions
  readonly #segmentMs: number
  readonly #bytes: StoreBytes
  readonly #cached: CachedBytes
  readonly #segments = new Set<number>()
  #observedTime = -1

  constructor(options: SegmentedOptions, context: TaskContext) {
    this.#options = options
    this.#segmentMs = Math.max(Math.floor(options.retentionMs / 2), 60_000)
    this.#bytes = new StoreBytes(options, context, {
      isTimestamped: options.isTimestamped,
      toLog: (key) => key.subarray(8),
      fromLog: (key) => (this.#admit(key) ? this.#prefixed(key) : undefined),
      isSegmented: true,
    })
    const below = {
      get: (text: string, key: Uint8Array) => (this.#isShown(key) ? this.#bytes.get(text, key) : null),
      put: (text: string, key: Uint8Array, value: Uint8Array | null) => this.#put(text, key, value),
    }
    this.#cached = new CachedBytes(below, context, { cached: options.cached, keepsReads: false })
    this.#findSegments()
  }

  get bytes(): StoreBytes {
    return this.#bytes
  }

  get(key: Uint8Array): Uint8Array | null {
    const prefixed = this.#prefixed(key)
    return this.#cached.get(keyText(prefixed), prefixed)
  }

  put(key: Uint8Array, value: Uint8Array | null): void {
    const prefixed = this.#prefixed(key)
    this.#cached.put(keyText(prefixed), prefixed, value)
  }

  /** A tombstone for the changelog that the store does not notice. */
  logOnly(key: Uint8Array): void {
    this.#bytes.log(this.#prefixed(key), null)
  }

  /** Pairs between two keys, both included, whose time lies in [from, to]; by segment, then by key. */
  range({ low, high, from, to, withExpired = false }: SegmentedRange): SegmentedPair[] {
    const found: SegmentedPair[] = []
    const oldest = withExpired ? from : Math.max(from, this.#horizon + 1)
    for (const segment of this.#liveSegments(Math.max(0, from), to)) {
      const start = low === undefined ? prefix(segment) : Buffer.concat([prefix(segment), low])
      const end = high === undefined ? prefix(segment + 1) : Buffer.concat([prefix(segment), high, Buffer.of(0)])
      const stored = this.#bytes.range({ from: start, to: end }).filter(([key]) => this.#time(key) >= oldest)
      for (const [key, value] of this.#cached.merge(stored, keyText(start), keyText(end))) {
        const time = this.#time(key)
        if (time >= from && time <= to) found.push([key.subarray(8), value])
      }
    }
    return found
  }

  listen(
    listener: (key: Uint8Array, newValue: Uint8Array | null, oldValue: Uint8Array | null) => void,
    sendOldValues: boolean,
  ): boolean {
    return this.#cached.listen(
      (key, newValue, oldValue) => listener(key.subarray(8), newValue, oldValue),
      sendOldValues,
    )
  }

  flush(): void {
    this.#cached.flush()
  }

  restore(batch: RecordBatch): void {
    this.#bytes.restore(batch)
  }

  #put(text: string, key: Uint8Array, value: Uint8Array | null): void {
    if (this.#admit(key.subarray(8))) this.#bytes.put(text, key, value)
    else this.#bytes.log(key, value)
  }

  /** Moves the store's time on, drops segments that fell behind, and says whether the key may be written. */
  #admit(key: Uint8Array): boolean {
    const time = this.#options.timeOf(key)
    const { retentionMs, persistent } = this.#options
    if (time > this.#observedTime) {
      this.#observedTime = time
      this.#expire()
    }
    const horizon = this.#observedTime - retentionMs
    const isLive = persistent ? this.#segmentOf(time) >= this.#segmentOf(horizon) : time > horizon
    if (isLive) this.#segments.add(this.#segmentOf(time))
    return isLive
  }

  #isShown(key: Uint8Array): boolean {
    return this.#time(key) > this.#horizon
  }

  /** The latest time that is not shown any more. */
  get #horizon(): number {
    const { retentionMs, isTimeFirst, persistent } = this.#options
    return this.#observedTime - retentionMs - (isTimeFirst && persistent ? 1 : 0)
  }

  #expire(): void {
    const oldest = this.#segmentOf(this.#observedTime - this.#options.retentionMs)
    for (const segment of this.#segments) {
      if (segment >= oldest) continue
      this.#segments.delete(segment)
      for (const [key] of this.#bytes.range({ from: prefix(segment), to: prefix(segment + 1) })) {
        this.#bytes.forget(keyText(key))
      }
    }
  }

  /** Segments that may hold something, those in the cache alone included. */
  #liveSegments(from: number, to: number): number[] {
    const first = this.#segmentOf(from)
    const last = to === Number.POSITIVE_INFINITY ? to : this.#segmentOf(to)
    return [...this.#segments].filter((segment) => segment >= first && segment <= last).toSorted((a, b) => a - b)
  }

  /** After a restart: one look per segment that the engine has. */
  #findSegments(): void {
    let key = this.#bytes.firstKey(prefix(0))
    while (key !== undefined) {
      const segment = readLong(viewOf(key), 0)
      this.#segments.add(segment)
      key = this.#bytes.firstKey(prefix(segment + 1))
    }
  }

  #prefixed(key: Uint8Array): Uint8Array {
    const segment = this.#segmentOf(this.#options.timeOf(key))
    this.#segments.add(segment)
    return Buffer.concat([prefix(segment), key])
  }

  #time(prefixed: Uint8Array): number {
    return this.#options.timeOf(prefixed.subarray(8))
  }

  #segmentOf(time: number): number {
    return Math.trunc(time / this.#segmentMs)
  }
}

function prefix(segment: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  writeLong(bytes, 0, segment)
  return bytes
}
