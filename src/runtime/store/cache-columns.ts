import type { RecordHeader } from '../../kafka/record.ts'
import { noHeaders } from '../task/no-headers.ts'
import { grown } from './byte-table.ts'
import type { RecordOrigin } from './record-origin.ts'

/** No row. */
export const nowhere = -1

/** A line of rows, each of which knows its neighbours. */
export class RowList {
  #older = new Int32Array(0)
  #newer = new Int32Array(0)
  oldest = nowhere
  newest = nowhere

  reserve(capacity: number): void {
    if (capacity <= this.#older.length) return
    this.#older = grown(this.#older, capacity)
    this.#newer = grown(this.#newer, capacity)
  }

  newerThan(row: number): number {
    return this.#newer[row] ?? nowhere
  }

  append(row: number): void {
    this.#older[row] = this.newest
    this.#newer[row] = nowhere
    if (this.newest === nowhere) this.oldest = row
    else this.#newer[this.newest] = row
    this.newest = row
  }

  remove(row: number): void {
    const older = this.#older[row] ?? nowhere
    const newer = this.#newer[row] ?? nowhere
    if (older === nowhere) this.oldest = newer
    else this.#newer[older] = newer
    if (newer === nowhere) this.newest = older
    else this.#older[newer] = older
  }

  clear(): void {
    this.oldest = nowhere
    this.newest = nowhere
  }
}

/** The record that wrote each row. */
export class OriginColumns {
  #timestamps = new Float64Array(0)
  #offsets = new Float64Array(0)
  #partitions = new Int32Array(0)
  readonly #topics: string[] = []
  /** Of the few that have any. */
  readonly #headers = new Map<number, readonly RecordHeader[]>()

  reserve(capacity: number): void {
    if (capacity <= this.#timestamps.length) return
    this.#timestamps = grown(this.#timestamps, capacity)
    this.#offsets = grown(this.#offsets, capacity)
    this.#partitions = grown(this.#partitions, capacity)
  }

  set(row: number, { topic, partition, offset, timestamp, headers }: RecordOrigin): void {
    this.#timestamps[row] = timestamp
    this.#offsets[row] = offset
    this.#partitions[row] = partition
    this.#topics[row] = topic
    if (headers.length > 0) this.#headers.set(row, headers)
    else if (this.#headers.size > 0) this.#headers.delete(row)
  }

  get(row: number): RecordOrigin {
    return {
      topic: this.#topics[row] ?? '',
      partition: this.#partitions[row] ?? -1,
      offset: this.#offsets[row] ?? -1,
      timestamp: this.#timestamps[row] ?? -1,
      headers: this.#headers.get(row) ?? noHeaders,
    }
  }
}
