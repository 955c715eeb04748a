import type { RecordBatch } from '../../kafka/record.ts'
import { noHeaders } from '../task/no-headers.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { RangeBounds, StoreEngine } from './engine.ts'
import { keyText } from './key-text.ts'
import { SortedMap } from './sorted-map.ts'
import { mergeOrdered } from './merge-ordered.ts'
import { type StoreFormat, timestampOf, withTimestamp } from './store-format.ts'

interface Pending {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

type Pair = readonly [key: Uint8Array, value: Uint8Array]

/**
 * The bytes of one store: what is committed lies in the engine, what came since
 * lies in memory above it, and every write goes to the changelog at once.
 *
 * Invariants
 *   B1  A read sees every earlier write of this task, committed or not.
 *   B2  The engine changes only in `commit` and `restore`, with the changelog offset in the same transaction.
 */
export class StoreBytes {
  readonly name: string
  readonly changelog: string | undefined
  readonly #context: TaskContext
  readonly #engine: StoreEngine
  readonly #format: StoreFormat
  readonly #pending = new SortedMap<Pending>()

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
    const pending = this.#pending.get(text)
    if (pending !== undefined) return pending.value
    return this.#engine.get(key) ?? null
  }

  put(text: string, key: Uint8Array, value: Uint8Array | null): void {
    this.#pending.set(text, { key, value })
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
  forget(text: string, key: Uint8Array): void {
    this.#pending.set(text, { key, value: null })
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
    for (const [text, { key, value }] of above) merged.set(text, [key, value])
    const upwards = [...merged].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const present = upwards.flatMap(([, [key, value]]) => (value === null ? [] : [[key, value] as const]))
    return bounds.reverse === true ? present.toReversed() : present
  }

  /** As `range`, upwards, and no further than somebody reads. */
  *entries(bounds: RangeBounds): Generator<Pair> {
    const { from, to } = bounds
    const isWithin = ({ key }: Pending) =>
      (from === undefined || Buffer.compare(key, from) >= 0) && (to === undefined || Buffer.compare(key, to) < 0)
    yield* mergeOrdered(this.#engine.range(bounds), [...this.#pending.values()].filter(isWithin))
  }

  commit(offset: number | undefined): void {
    if (this.#pending.size === 0 && offset === undefined) return
    this.#engine.write(entriesOf(this.#pending.values()), offset)
    this.#pending.clear()
  }

  restore(batch: RecordBatch): void {
    if (batch.length === 0) return
    this.#engine.write(this.#restored(batch), batch.offset(batch.length - 1) + 1)
  }

  close(): void {
    this.#engine.close()
  }

  #pendingWithin({ from, to }: RangeBounds): (readonly [string, Pending])[] {
    return this.#pending.range(
      from === undefined ? undefined : keyText(from),
      to === undefined ? undefined : keyText(to),
    )
  }

  *#restored(batch: RecordBatch): Generator<readonly [Uint8Array, Uint8Array | null]> {
    for (let at = 0; at < batch.length; at++) {
      const logged = batch.key(at)
      const key = logged === null ? undefined : this.#format.fromLog(logged)
      if (key === undefined) continue
      const value = batch.value(at)
      const isDated = value !== null && this.#format.isTimestamped
      yield [key, isDated ? withTimestamp(value, batch.timestamp(at)) : value]
    }
  }
}

function* entriesOf(pending: Iterable<Pending>): Generator<readonly [Uint8Array, Uint8Array | null]> {
  for (const { key, value } of pending) yield [key, value]
}
