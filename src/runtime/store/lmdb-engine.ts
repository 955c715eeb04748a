import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { open, type Database, type RootDatabase } from 'lmdb'
import type { RangeBounds, StoreEngine } from './engine.ts'
import type { PageBudget } from './page-budget.ts'
import type { TaskDisk } from './task-disk.ts'

/** LMDB takes keys of up to 1,978 bytes; one of them marks the beginning, since it takes no empty key. */
const longestKey = 1977

/**
 * Below this much free disk no more is written. A full disk under a writable memory
 * map ends the process with SIGBUS, which nothing can catch.
 */
const diskFloorBytes = 64 * 1024 * 1024

/**
 * The stores of one task in one LMDB environment: a database per store, and one
 * for the offsets. Opened by one thread; nothing is synced to disk, since the
 * changelog is the truth and a write is whole or absent after a crash of the process (E2).
 */
export class LmdbEnvironment implements TaskDisk {
  readonly #path: string
  readonly #root: RootDatabase<Uint8Array, Uint8Array>
  readonly #offsets: Database<Buffer, Uint8Array>
  readonly #pages: PageBudget | undefined
  readonly #forget: () => void

  /** `pages`: what of its memory-mapped file may count for the process; left out: all. */
  constructor(path: string, pages?: PageBudget) {
    this.#path = path
    this.#root = open({ path, ...settings })
    this.#offsets = this.#root.openDB('offsets of stores', binary)
    this.#pages = pages
    this.#forget = pages?.add(join(path, 'data.mdb')) ?? (() => {})
  }

  open(store: string): StoreEngine {
    return new LmdbEngine({
      store,
      data: this.#root.openDB(`store ${store}`, markedKeys),
      offsets: this.#offsets,
      transaction: (work) => this.#transaction(work),
      pages: this.#pages ?? boundless,
    })
  }

  /** The next changelog offset of each store that has one. */
  offsets(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.#offsets.getRange(), ({ key, value }) => [key.toString(), value.readDoubleBE()]))
  }

  /** After this no engine of it may be used. */
  async close(): Promise<void> {
    this.#forget()
    await this.#root.close()
  }

  #transaction(work: () => void): void {
    const free = freeBytes(this.#path)
    if (free < diskFloorBytes)
      throw new Error(
        `only ${Math.floor(free / 1024 / 1024)} MB of disk are left at ${this.#path}: ` +
          'state stores write no more. Use a larger dyno, more dynos, or fewer records in the stores',
      )
    this.#root.transactionSync(work)
  }
}

function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch (cause) {
    throw new Error(`the state folder is gone: ${path}; who starts anew restores it from the changelogs`, { cause })
  }
}

/**
 * Chosen by measurement. `noReadAhead`, which lmdb's own types leave out, is worth ten times the reads where state outgrows
 * memory. `mapSize` is room for addresses and not for bytes: a map that is outgrown is doubled, and lmdb keeps the
 * outgrown ones until it is closed, each with its own pages of the same file.
 */
const settings = {
  encoding: 'binary',
  keyEncoding: 'binary',
  maxDbs: 64,
  noSync: true,
  noMemInit: true,
  noReadAhead: true,
  overlappingSync: false,
  useWritemap: true,
  mapSize: 4 * 1024 ** 3,
} as const

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const

const mark = 1
/** Bounds of ranges, known by what they are and not by what they hold: before and behind every key, which begin with the mark. */
const beforeAll = new Uint8Array()
const behindAll = new Uint8Array()
const boundMarks = new Map<Uint8Array, number>([
  [beforeAll, mark - 1],
  [behindAll, mark + 1],
])

/** Where keys lie in LMDB's own memory: they are marked on the way there, so that no marked copy is made of each. */
const markedKeys = {
  encoding: 'binary',
  keyEncoder: {
    writeKey(key: Uint8Array, target: Uint8Array, at: number): number {
      target[at] = key.length === 0 ? (boundMarks.get(key) ?? mark) : mark
      // Up to some tens of bytes a loop is faster than the call into the engine.
      if (key.length > 48) target.set(key, at + 1)
      else for (let index = 0; index < key.length; index++) target[at + 1 + index] = key[index] ?? 0
      return at + 1 + key.length
    },
    readKey: (source: Uint8Array, at: number, end: number): Uint8Array =>
      Uint8Array.prototype.slice.call(source, at + 1, end),
  },
} as const

const boundless = { touch: () => {} }

interface LmdbStore {
  readonly store: string
  readonly data: Database<Uint8Array, Uint8Array>
  readonly offsets: Database<Buffer, Uint8Array>
  readonly transaction: (work: () => void) => void
  readonly pages: Pick<PageBudget, 'touch'>
}

class LmdbEngine implements StoreEngine {
  readonly #lmdb: LmdbStore
  readonly #offsetKey: Uint8Array
  #offset: number | undefined

  constructor(lmdb: LmdbStore) {
    this.#lmdb = lmdb
    this.#offsetKey = new TextEncoder().encode(lmdb.store)
    this.#offset = lmdb.offsets.get(this.#offsetKey)?.readDoubleBE()
  }

  get offset(): number | undefined {
    return this.#offset
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const { data, pages } = this.#lmdb
    pages.touch()
    return key.length > longestKey ? undefined : data.get(key)
  }

  *range({ from, to, reverse = false }: RangeBounds): Generator<readonly [Uint8Array, Uint8Array]> {
    const [low, high] = [from ?? beforeAll, to ?? behindAll]
    if (reaches(low, to)) return
    // LMDB begins a reverse range at its start, inclusive, and ends any before its end.
    const bounds = reverse ? { reverse, start: high, end: beforeAll } : { start: low, end: high }
    const { data, pages } = this.#lmdb
    for (const { key, value } of data.getRange(bounds)) {
      pages.touch()
      if (reverse && reaches(key, to)) continue
      if (!reaches(key, low)) return
      yield [key, value]
    }
  }

  write(entries: Iterable<readonly [key: Uint8Array, value: Uint8Array | null]>, offset?: number): void {
    const { data, offsets, transaction, pages } = this.#lmdb
    transaction(() => {
      for (const [key, value] of entries) {
        if (key.length > longestKey) throw new RangeError(this.#tooLong(key))
        if (value === null) data.removeSync(key)
        else data.putSync(key, value)
        pages.touch()
      }
      if (offset !== undefined) offsets.putSync(this.#offsetKey, encodeOffset(offset))
    })
    if (offset !== undefined) this.#offset = offset
  }

  /** The environment is closed by who opened it. */
  close(): void {}

  #tooLong(key: Uint8Array): string {
    return (
      `store ${this.#lmdb.store} was given a key of ${key.length} bytes; a persistent store takes up to ${longestKey}. ` +
      'Use a shorter key, or an in-memory store'
    )
  }
}

const reaches = (key: Uint8Array, bound: Uint8Array | undefined): boolean =>
  bound !== undefined && Buffer.compare(key, bound) >= 0

function encodeOffset(offset: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeDoubleBE(offset)
  return bytes
}
