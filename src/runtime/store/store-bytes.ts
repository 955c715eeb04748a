import type { RecordBatch } from '../../kafka/record.ts'
import type { TaskContext } from '../task/task-context.ts'
import { noHeaders } from '../task/no-headers.ts'
import type { RangeBounds, StoreEngine } from './engine.ts'
import { keyText } from './key-text.ts'

interface Pending {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

/** How a store's bytes differ from those on its changelog. */
export interface ChangelogFormat {
  /** The bytes to keep for a changelog record. */
  readonly toStore: (value: Uint8Array, timestamp: number) => Uint8Array
}

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
  readonly #format: ChangelogFormat
  readonly #pending = new Map<string, Pending>()

  constructor(
    store: { readonly name: string; readonly persistent: boolean; readonly logged: boolean },
    context: TaskContext,
    format: ChangelogFormat,
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

  /** Keeps `value` and logs `logged`, which is the value as the changelog has it. */
  put(text: string, entry: Pending, logged: Uint8Array | null, timestamp: number): void {
    this.#pending.set(text, entry)
    if (this.changelog === undefined) return
    const { collector, partition } = this.#context.facts
    collector.send({ topic: this.changelog, partition, timestamp, key: entry.key, value: logged, headers: noHeaders })
  }

  /** Pairs within bounds, in order of keys, as they are now. */
  range(bounds: RangeBounds): (readonly [Uint8Array, Uint8Array])[] {
    const below = [...this.#engine.range(bounds)]
    if (this.#pending.size === 0) return below
    const merged = new Map<string, readonly [Uint8Array, Uint8Array | null]>()
    for (const pair of below) merged.set(keyText(pair[0]), pair)
    for (const [text, { key, value }] of this.#pendingWithin(bounds)) merged.set(text, [key, value])
    const upwards = [...merged].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const present = upwards.flatMap(([, [key, value]]) => (value === null ? [] : [[key, value] as const]))
    return bounds.reverse === true ? present.toReversed() : present
  }

  *#pendingWithin({ from, to }: RangeBounds): Generator<readonly [string, Pending]> {
    const low = from === undefined ? '' : keyText(from)
    const high = to === undefined ? undefined : keyText(to)
    for (const entry of this.#pending) {
      if (entry[0] >= low && (high === undefined || entry[0] < high)) yield entry
    }
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

  *#restored(batch: RecordBatch): Generator<readonly [Uint8Array, Uint8Array | null]> {
    for (let at = 0; at < batch.length; at++) {
      const key = batch.key(at)
      if (key === null) continue
      const value = batch.value(at)
      yield [key, value === null ? null : this.#format.toStore(value, batch.timestamp(at))]
    }
  }
}

function* entriesOf(pending: Iterable<Pending>): Generator<readonly [Uint8Array, Uint8Array | null]> {
  for (const { key, value } of pending) yield [key, value]
}
