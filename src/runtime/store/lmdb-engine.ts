import { statfsSync } from 'node:fs'
import { open, type Database, type RootDatabase } from 'lmdb'
import type { RangeBounds, StoreEngine } from './engine.ts'

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
export class LmdbEnvironment {
  readonly #path: string
  readonly #root: RootDatabase<Buffer, Uint8Array>
  readonly #offsets: Database<Buffer, Uint8Array>

  constructor(path: string) {
    this.#path = path
    this.#root = open({ path, ...settings })
    this.#offsets = this.#root.openDB('offsets of stores', binary)
  }

  open(store: string): StoreEngine {
    return new LmdbEngine({
      store,
      data: this.#root.openDB(`store ${store}`, binary),
      offsets: this.#offsets,
      transaction: (work) => this.#transaction(work),
    })
  }

  /** The next changelog offset of each store that has one. */
  offsets(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.#offsets.getRange(), ({ key, value }) => [key.toString(), value.readDoubleBE()]))
  }

  /** After this no engine of it may be used. */
  async close(): Promise<void> {
    await this.#root.close()
  }

  #transaction(work: () => void): void {
    const { bavail, bsize } = statfsSync(this.#path)
    if (bavail * bsize < diskFloorBytes)
      throw new Error(
        `only ${Math.floor((bavail * bsize) / 1024 / 1024)} MB of disk are left at ${this.#path}: ` +
          'state stores write no more. Use a larger dyno, more dynos, or fewer records in the stores',
      )
    this.#root.transactionSync(work)
  }
}

/** Chosen by measurement. `noReadAhead`, which lmdb's own types leave out, is worth ten times the reads where state outgrows memory. */
const settings = {
  encoding: 'binary',
  keyEncoding: 'binary',
  maxDbs: 64,
  noSync: true,
  noMemInit: true,
  noReadAhead: true,
  overlappingSync: false,
  useWritemap: true,
} as const

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const

interface LmdbStore {
  readonly store: string
  readonly data: Database<Buffer, Uint8Array>
  readonly offsets: Database<Buffer, Uint8Array>
  readonly transaction: (work: () => void) => void
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
    return key.length > longestKey ? undefined : this.#lmdb.data.get(marked(key))
  }

  *range({ from, to, reverse }: RangeBounds): Generator<readonly [Uint8Array, Uint8Array]> {
    const low = marked(from ?? nothing)
    const high = to === undefined ? behindAll : marked(to)
    if (Buffer.compare(low, high) >= 0) return
    // LMDB begins a reverse range at its start, inclusive.
    const bounds = reverse === true ? { reverse, start: high } : { start: low, end: high }
    for (const { key, value } of this.#lmdb.data.getRange(bounds)) {
      if (reverse === true && Buffer.compare(key, high) >= 0) continue
      if (Buffer.compare(key, low) < 0) return
      yield [key.subarray(1), value]
    }
  }

  write(entries: Iterable<readonly [key: Uint8Array, value: Uint8Array | null]>, offset?: number): void {
    const { data, offsets, transaction } = this.#lmdb
    transaction(() => {
      for (const [key, value] of entries) {
        if (key.length > longestKey) throw new RangeError(this.#tooLong(key))
        if (value === null) data.removeSync(marked(key))
        else data.putSync(marked(key), asBuffer(value))
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

const mark = 1
const nothing = new Uint8Array()
/** Behind every key: keys begin with the mark. */
const behindAll = Buffer.from([mark + 1])

function marked(key: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(key.length + 1)
  bytes[0] = mark
  bytes.set(key, 1)
  return bytes
}

function encodeOffset(offset: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeDoubleBE(offset)
  return bytes
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
