import { noHeaders } from '../task/no-headers.ts'
import { ByteTable, grown } from './byte-table.ts'
import { nowhere, OriginColumns, RowList } from './cache-columns.ts'
import type { RecordOrigin } from './record-origin.ts'

/** An update that leaves the cache, with the record that wrote it. */
export interface SentEntry {
  readonly text: string
  readonly value: Uint8Array | null
  readonly origin: RecordOrigin
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

  /** As they are counted, against the most there may be. */
  get bytes(): number {
    return this.#bytes
  }

  open(send: (entry: SentEntry) => void): NamedCache {
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

/** A key that the cache knows something of; null: that it is gone. */
export type CachedPair = readonly [text: string, value: Uint8Array | null]

const unread: RecordOrigin = { topic: '', partition: -1, offset: -1, timestamp: -1, headers: noHeaders }

/** Entries of one store, as rows of a table: the cache is the largest thing that a worker keeps in memory. */
export class NamedCache {
  readonly #table = new ByteTable()
  readonly #byUse = new RowList()
  readonly #dirty = new RowList()
  readonly #origins = new OriginColumns()
  #isDirty = new Uint8Array(0)
  /** Of a row that a flush still has to send: which one, counted from 1; else 0. */
  #waiting = new Uint8Array(0)
  /** Flushes under way, each in a listener of the one before: what they have to send of rows that were changed since they began. */
  readonly #flushes: Map<number, SentEntry>[] = []
  #sizes = new Int32Array(0)
  readonly #send: (entry: SentEntry) => void
  readonly #budget: Budget

  constructor(send: (entry: SentEntry) => void, budget: Budget) {
    this.#send = send
    this.#budget = budget
  }

  /** Undefined where the cache knows nothing of the key. */
  get(text: string): Uint8Array | null | undefined {
    const row = this.#table.find(text)
    if (row === undefined) return undefined
    this.#use(row)
    return this.#table.read(row)
  }

  /** Keys between two bounds, in order; undefined bounds are open. */
  range(low: string | undefined, high: string | undefined): readonly CachedPair[] {
    return this.#table.range(low, high).map(([text, row]) => [text, this.#table.read(row)])
  }

  /** For who looks in from outside: the entry stays as old as it is. */
  peek(text: string): Uint8Array | null | undefined {
    const row = this.#table.find(text)
    return row === undefined ? undefined : this.#table.read(row)
  }

  /** In no order, also for who looks in from outside. */
  pairs(): readonly CachedPair[] {
    return Array.from(this.#table.rows(), (row) => [this.#table.textOf(row), this.#table.read(row)])
  }

  /** A value read from the store. */
  keep(text: string, value: Uint8Array): void {
    const row = this.#rowFor(text)
    this.#setDirty(row, false)
    this.#set(row, value, unread)
  }

  /** A value written by the record at hand. */
  put(text: string, value: Uint8Array | null, origin: RecordOrigin): void {
    const row = this.#rowFor(text)
    this.#setDirty(row, true)
    this.#set(row, value, origin)
  }

  flush(): void {
    this.#flush(undefined)
  }

  #rowFor(text: string): number {
    const held = this.#table.find(text)
    if (held !== undefined) {
      this.#use(held)
      return held
    }
    const row = this.#table.add(text)
    this.#reserve(this.#table.capacity)
    this.#byUse.append(row)
    this.#isDirty[row] = 0
    this.#waiting[row] = 0
    this.#sizes[row] = 0
    return row
  }

  #set(row: number, value: Uint8Array | null, origin: RecordOrigin): void {
    this.#beforeChange(row)
    this.#table.write(row, value)
    this.#origins.set(row, origin)
    const sizeBytes = sizeOf(this.#table.textOf(row).length, value, origin)
    this.#budget.grew(sizeBytes - (this.#sizes[row] ?? 0))
    this.#sizes[row] = sizeBytes
    while (this.#budget.isFull() && this.#byUse.oldest !== nowhere) this.#evict(this.#byUse.oldest)
  }

  #evict(row: number): void {
    const evicted = this.#isDirty[row] === 1 ? this.#entry(row) : undefined
    this.#forget(row)
    if (evicted !== undefined) this.#flush(evicted)
  }

  /**
   * Each entry is made when its turn comes, so that they are not all in memory at once; yet what a listener writes to a
   * key while it is told must not change what it is told of that key: see `#beforeChange`.
   */
  #flush(evicted: SentEntry | undefined): void {
    const changed = new Map<number, SentEntry>()
    const level = this.#flushes.push(changed)
    const rows = this.#takeDirty(level)
    const deleted: string[] = []
    try {
      if (evicted !== undefined) this.#send(evicted)
      for (const row of rows) {
        const before = changed.get(row)
        if (before === undefined) this.#waiting[row] = 0
        const entry = before ?? this.#entry(row)
        if (entry.value === null) deleted.push(entry.text)
        this.#send(entry)
      }
    } finally {
      this.#flushes.pop()
    }
    for (const text of deleted) {
      const row = this.#table.find(text)
      if (row !== undefined) this.#forget(row)
    }
  }

  #takeDirty(level: number): readonly number[] {
    const rows: number[] = []
    for (let row = this.#dirty.oldest; row !== nowhere; row = this.#dirty.newerThan(row)) {
      rows.push(row)
      this.#isDirty[row] = 0
      this.#waiting[row] = level
    }
    this.#dirty.clear()
    return rows
  }

  /** A flush under way has not yet sent what the row holds: it is put aside. */
  #beforeChange(row: number): void {
    const level = this.#waiting[row] ?? 0
    if (level === 0) return
    this.#waiting[row] = 0
    this.#flushes[level - 1]?.set(row, this.#entry(row))
  }

  #entry(row: number): SentEntry {
    return { text: this.#table.textOf(row), value: this.#table.read(row), origin: this.#origins.get(row) }
  }

  #forget(row: number): void {
    this.#beforeChange(row)
    this.#setDirty(row, false)
    this.#byUse.remove(row)
    this.#budget.grew(-(this.#sizes[row] ?? 0))
    this.#table.remove(row)
  }

  #use(row: number): void {
    if (row === this.#byUse.newest) return
    this.#byUse.remove(row)
    this.#byUse.append(row)
  }

  /** What is written again goes to the end of what is to be sent. */
  #setDirty(row: number, isDirty: boolean): void {
    if (this.#isDirty[row] === 1) this.#dirty.remove(row)
    if (isDirty) this.#dirty.append(row)
    this.#isDirty[row] = isDirty ? 1 : 0
  }

  #reserve(capacity: number): void {
    if (capacity <= this.#sizes.length) return
    this.#byUse.reserve(capacity)
    this.#dirty.reserve(capacity)
    this.#origins.reserve(capacity)
    this.#isDirty = grown(this.#isDirty, capacity)
    this.#waiting = grown(this.#waiting, capacity)
    this.#sizes = grown(this.#sizes, capacity)
  }
}

/** `LRUNode.size`: the key, three references, a flag, the value, and the record's context. */
function sizeOf(keyLength: number, value: Uint8Array | null, { topic, headers }: RecordOrigin): number {
  let size = keyLength + 24 + 1 + (value?.length ?? 0) + 16 + topic.length + 4
  for (const header of headers) size += header.key.length + (header.value?.length ?? 0)
  return size
}
