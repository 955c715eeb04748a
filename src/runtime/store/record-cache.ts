import type { RecordHeader } from '../../kafka/record.ts'
import { noHeaders } from '../task/no-headers.ts'
import { SortedMap } from './sorted-map.ts'

/** The record that was being processed when a value was written. */
export interface RecordOrigin {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly headers: readonly RecordHeader[]
}

/** One key of one store in the cache, with the record that wrote it. */
export interface CacheEntry {
  readonly text: string
  readonly key: Uint8Array
  value: Uint8Array | null
  dirty: boolean
  sizeBytes: number
  timestamp: number
  offset: number
  partition: number
  topic: string
  headers: readonly RecordHeader[]
  older: CacheEntry | undefined
  newer: CacheEntry | undefined
}

/**
 * The record cache of a task: it holds back updates so that only the last one of a
 * key goes downstream and to the changelog. Sizes, order of eviction and what an
 * eviction takes with it are those of `ThreadCache` and `NamedCache`, 4.3.1: an
 * eviction sends every dirty entry of that store.
 */
export class RecordCache {
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get isOn(): boolean {
    return this.#maxBytes > 0
  }

  open(send: (entries: readonly CacheEntry[]) => void): NamedCache {
    return new NamedCache(send, {
      grew: (by) => {
        this.#bytes += by
      },
      isFull: () => this.#bytes > this.#maxBytes,
    })
  }
}

interface Budget {
  grew(by: number): void
  isFull(): boolean
}

export class NamedCache {
  readonly #entries = new SortedMap<CacheEntry>()
  readonly #dirty = new Set<string>()
  readonly #send: (entries: readonly CacheEntry[]) => void
  readonly #budget: Budget
  #oldest: CacheEntry | undefined
  #newest: CacheEntry | undefined

  constructor(send: (entries: readonly CacheEntry[]) => void, budget: Budget) {
    this.#send = send
    this.#budget = budget
  }

  get(text: string): CacheEntry | undefined {
    const entry = this.#entries.get(text)
    if (entry !== undefined && entry !== this.#newest) {
      this.#unlink(entry)
      this.#link(entry)
    }
    return entry
  }

  /** Keys between two bounds that the cache knows something of, in order; undefined bounds are open. */
  range(low: string | undefined, high: string | undefined): readonly CacheEntry[] {
    return this.#entries.range(low, high).map(([, entry]) => entry)
  }

  /** For who looks in from outside: the entry stays as old as it is. */
  peek(text: string): CacheEntry | undefined {
    return this.#entries.get(text)
  }

  /** In no order, also for who looks in from outside. */
  values(): Iterable<CacheEntry> {
    return this.#entries.values()
  }

  /** A value read from the store. */
  keep(text: string, key: Uint8Array, value: Uint8Array): void {
    this.#set(text, key, {
      value,
      dirty: false,
      timestamp: -1,
      offset: -1,
      partition: -1,
      topic: '',
      headers: noHeaders,
    })
  }

  /** A value written by the record at hand. */
  put(text: string, key: Uint8Array, value: Uint8Array | null, origin: RecordOrigin): void {
    this.#dirty.delete(text)
    this.#dirty.add(text)
    const { timestamp, offset, partition, topic, headers } = origin
    this.#set(text, key, { value, dirty: true, timestamp, offset, partition, topic, headers })
  }

  flush(): void {
    this.#flush(undefined)
  }

  #set(text: string, key: Uint8Array, said: Said): void {
    const held = this.#entries.get(text)
    if (held === undefined) {
      const entry: CacheEntry = { text, key, ...said, sizeBytes: 0, older: undefined, newer: undefined }
      entry.sizeBytes = sizeOf(entry)
      this.#entries.set(text, entry)
      this.#link(entry)
      this.#budget.grew(entry.sizeBytes)
    } else {
      Object.assign(held, said)
      const sizeBytes = sizeOf(held)
      this.#budget.grew(sizeBytes - held.sizeBytes)
      held.sizeBytes = sizeBytes
      this.#unlink(held)
      this.#link(held)
    }
    while (this.#budget.isFull() && this.#oldest !== undefined) this.#evict(this.#oldest)
  }

  #evict(entry: CacheEntry): void {
    this.#forget(entry)
    if (entry.dirty) this.#flush(entry)
  }

  #flush(evicted: CacheEntry | undefined): void {
    if (this.#dirty.size === 0) return
    const sent: CacheEntry[] = []
    if (evicted !== undefined) {
      sent.push(evicted)
      this.#dirty.delete(evicted.text)
    }
    const deleted: CacheEntry[] = []
    for (const text of this.#dirty) {
      const entry = this.#entries.get(text)
      if (entry === undefined) continue
      // A copy: what a listener writes to the same key while it is told must not change what it is told.
      sent.push({ ...entry })
      entry.dirty = false
      if (entry.value === null) deleted.push(entry)
    }
    this.#dirty.clear()
    this.#send(sent)
    for (const entry of deleted) {
      if (this.#entries.get(entry.text) !== entry) continue
      this.#dirty.delete(entry.text)
      this.#forget(entry)
    }
  }

  #forget(entry: CacheEntry): void {
    this.#entries.delete(entry.text)
    this.#unlink(entry)
    this.#budget.grew(-entry.sizeBytes)
  }

  #link(entry: CacheEntry): void {
    entry.older = this.#newest
    entry.newer = undefined
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.newer = entry
    this.#newest = entry
  }

  #unlink(entry: CacheEntry): void {
    if (entry.older === undefined) this.#oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === undefined) this.#newest = entry.older
    else entry.newer.older = entry.older
  }
}

type Said = Pick<CacheEntry, 'value' | 'dirty' | 'timestamp' | 'offset' | 'partition' | 'topic' | 'headers'>

/** `LRUNode.size`: the key, three references, a flag, the value, and the record's context. */
function sizeOf({ key, value, topic, headers }: CacheEntry): number {
  let size = key.length + 24 + 1 + (value?.length ?? 0) + 16 + topic.length + 4
  for (const header of headers) size += header.key.length + (header.value?.length ?? 0)
  return size
}
