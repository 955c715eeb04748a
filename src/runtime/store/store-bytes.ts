import type { RecordBatch } from '../../kafka/record.ts'
import { noHeaders } from '../task/no-headers.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { RangeBounds, StoreEngine } from './engine.ts'
import { ByteTable } from './byte-table.ts'
import { keyBytes, keyText } from './key-text.ts'
import { mergeOrdered } from './merge-ordered.ts'
import { restoredPieces } from './restored-entries.ts'
import { type StoreFormat, timestampOf } from './store-format.ts'

type Pair = readonly [key: Uint8Array, value: Uint8Array]
type PendingPair = readonly [key: Uint8Array, value: Uint8Array | null]

/**
 * The bytes of one store: what is committed lies in the engine, what came since
 * lies in memory above it, and every write goes to the changelog at once.
 *
 * Invariants
 *   B1  A read sees every earlier write of this task, committed or not.
 *   B2  The engine changes only in `commit` and `restore`, with the changelog offset in the same transaction: everything
 *       before that offset is in it. `commit` leaves nothing else in it; `restore`, if it ends halfway, some of what follows,
 *       which restoring from that offset writes again.
 */
export class StoreBytes {
  readonly name: string
  readonly changelog: string | undefined
  readonly #context: TaskContext
  readonly #engine: StoreEngine
  readonly #format: StoreFormat
  readonly #pending = new ByteTable()

  constructor(
    store: { readonly name: string; readonly persistent: boolean; readonly logged: boolean },
    context: TaskContext,
    format: StoreFormat,
  ) {
    const { applicationId, taskId, openEngine } = context.facts
    this.name = store.name
    this.changelog = store.logged ? `${applicationId}-${store.name}-changelog` : undefined
    this.#context = context
    this.#format = format
    this.#engine = openEngine({ taskId, name: store.name, persistent: store.persistent })
  }

  get offset(): number | undefined {
    return this.#engine.offset
  }

  get(text: string, key: Uint8Array): Uint8Array | null {
    const row = this.#pending.find(text)
    if (row !== undefined) return this.#pending.read(row)
    return this.#engine.get(key) ?? null
  }

  put(text: string, key: Uint8Array, value: Uint8Array | null): void {
    this.#set(text, value)
    this.log(key, value)
  }

  /** Tells the changelog of a write, as the format has it. */
  log(key: Uint8Array, value: Uint8Array | null): void {
    if (this.changelog === undefined) return
    const { facts, timestamp: now } = this.#context
    const isDated = value !== null && this.#format.isTimestamped
    facts.collector.send({
      topic: this.changelog,
      partition: facts.partition,
      timestamp: isDated ? timestampOf(value) : now,
      key: this.#format.toLog(key),
      value: isDated ? value.subarray(8) : value,
      headers: noHeaders,
    })
  }

  /** Deletes without telling the changelog: what has expired expires there by itself. */
  forget(text: string): void {
    this.#set(text, null)
  }

  /** The first committed key at or behind `from`, if there is one. */
  firstKey(from: Uint8Array): Uint8Array | undefined {
    for (const [key] of this.#engine.range({ from })) return key
    return undefined
  }

  /** Pairs within bounds, in order of keys, as they are now. */
  range(bounds: RangeBounds): readonly Pair[] {
    const below = [...this.#engine.range(bounds)]
    const above = this.#pending.size === 0 ? [] : this.#pendingWithin(bounds)
    if (above.length === 0) return below
    const merged = new Map<string, readonly [Uint8Array, Uint8Array | null]>()
    for (const pair of below) merged.set(keyText(pair[0]), pair)
    for (const [text, row] of above) merged.set(text, [keyBytes(text), this.#pending.read(row)])
    const upwards = [...merged].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const present = upwards.flatMap(([, [key, value]]) => (value === null ? [] : [[key, value] as const]))
    return bounds.reverse === true ? present.toReversed() : present
  }

  /** As `range`, upwards, and no further than somebody reads. */
  *entries(bounds: RangeBounds): Generator<Pair> {
    const { from, to } = bounds
    const isWithin = ([key]: PendingPair) =>
      (from === undefined || Buffer.compare(key, from) >= 0) && (to === undefined || Buffer.compare(key, to) < 0)
    const pending = [...this.#pendingPairs()].filter(isWithin).map(([key, value]) => ({ key, value }))
    yield* mergeOrdered(this.#engine.range(bounds), pending)
  }

  commit(offset: number | undefined): void {
    if (this.#pending.size === 0 && offset === undefined) return
    this.#engine.write(this.#pendingPairs(), offset)
    this.#pending.clear()
  }

  restore(batch: RecordBatch): void {
    for (const { entries, offset } of restoredPieces(batch, this.#format)) this.#engine.write(entries, offset)
    // the engine has copies, and nobody else was shown the batch
    batch.release?.()
  }

  close(): void {
    this.#engine.close()
  }

  #set(text: string, value: Uint8Array | null): void {
    this.#pending.write(this.#pending.find(text) ?? this.#pending.add(text), value)
  }

  *#pendingPairs(): Generator<PendingPair> {
    for (const row of this.#pending.rows()) yield [keyBytes(this.#pending.textOf(row)), this.#pending.read(row)]
  }

  #pendingWithin({ from, to }: RangeBounds): (readonly [text: string, row: number])[] {
    return this.#pending.range(
      from === undefined ? undefined : keyText(from),
      to === undefined ? undefined : keyText(to),
    )
  }
}
