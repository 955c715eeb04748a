import { ByteArena, capacityFor } from './byte-arena.ts'
import { SortedMap } from './sorted-map.ts'

/** No value: what a deletion leaves behind until it is passed on. */
const none = -1
const firstCapacity = 64
/** Columns that are no longer than this are kept when all rows go. */
const keptCapacity = 4_096

/**
 * Rows of bytes by key (`keyText`), without an object per row. A row has a number, which is reused once it was
 * removed; who keeps more of a row does so in columns of its own, as long as `capacity`.
 */
export class ByteTable {
  readonly #rows = new SortedMap<number>()
  readonly #arena = new ByteArena()
  readonly #removed: number[] = []
  #texts: string[] = []
  #addresses = new Float64Array(firstCapacity)
  #lengths = new Int32Array(firstCapacity)

  get size(): number {
    return this.#rows.size
  }

  /** Above every row's number. */
  get capacity(): number {
    return this.#lengths.length
  }

  find(text: string): number | undefined {
    return this.#rows.get(text)
  }

  /** A new row, without a value, for a key that has none. */
  add(text: string): number {
    const row = this.#removed.pop() ?? this.#texts.length
    this.#texts[row] = text
    if (row >= this.capacity) {
      this.#addresses = grown(this.#addresses)
      this.#lengths = grown(this.#lengths)
    }
    this.#lengths[row] = none
    this.#rows.set(text, row)
    return row
  }

  textOf(row: number): string {
    return this.#texts[row] ?? ''
  }

  /** Bytes of a copy of the value. */
  read(row: number): Uint8Array | null {
    const length = this.#lengths[row] ?? none
    return length === none ? null : this.#arena.copy(this.#addresses[row] ?? 0, length)
  }

  write(row: number, value: Uint8Array | null): void {
    const length = value === null ? none : value.length
    this.#makeRoom(row, length)
    if (value !== null) this.#arena.write(this.#addresses[row] ?? 0, value)
    this.#lengths[row] = length
  }

  remove(row: number): void {
    this.write(row, null)
    this.#rows.delete(this.textOf(row))
    this.#texts[row] = ''
    this.#removed.push(row)
  }

  clear(): void {
    this.#rows.clear()
    this.#arena.clear()
    this.#removed.length = 0
    this.#texts.length = 0
    if (this.capacity <= keptCapacity) return
    this.#addresses = new Float64Array(firstCapacity)
    this.#lengths = new Int32Array(firstCapacity)
  }

  /** In the order in which they were added. */
  rows(): Iterable<number> {
    return this.#rows.values()
  }

  /** Rows from `low` (included) to `high` (not), in order of keys; an undefined bound is open. */
  range(low: string | undefined, high: string | undefined): (readonly [text: string, row: number])[] {
    return this.#rows.range(low, high)
  }

  #makeRoom(row: number, length: number): void {
    const before = this.#lengths[row] ?? none
    if (before !== none) {
      if (length !== none && capacityFor(before) === capacityFor(length)) return
      this.#arena.release(this.#addresses[row] ?? 0, before)
    }
    if (length !== none) this.#addresses[row] = this.#arena.allocate(length)
  }
}

/** The same numbers with as much room again. */
export function grown<Column extends Float64Array | Int32Array | Uint8Array>(column: Column, length?: number): Column
export function grown(column: Float64Array | Int32Array | Uint8Array, length = column.length * 2) {
  if (column instanceof Float64Array) return copied(new Float64Array(length), column)
  if (column instanceof Int32Array) return copied(new Int32Array(length), column)
  return copied(new Uint8Array(length), column)
}

function copied<Column extends Float64Array | Int32Array | Uint8Array>(larger: Column, column: Column): Column {
  larger.set(column)
  return larger
}
