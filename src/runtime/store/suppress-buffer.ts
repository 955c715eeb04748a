import type { RecordBatch, RecordHeader } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { toBytes } from '../serde/serde.ts'
import type { TaskContext } from '../task/task-context.ts'
import { type BufferedChange, readBuffered, writeBuffered } from './buffered-change.ts'
import { BytesSet } from './bytes-set.ts'
import { keyText } from './key-text.ts'
import type { RecordOrigin } from './record-origin.ts'
import { SortedTree } from './sorted-tree.ts'
import type { StateStore } from './state-store.ts'

export interface SuppressBufferOptions<K, V> {
  readonly name: string
  readonly keySerde: Serde<K>
  readonly valueSerde: Serde<V>
  readonly logged: boolean
}

interface Slot {
  readonly time: number
  readonly text: string
  readonly key: Uint8Array
}

/** What a suppressed table holds back, ready to be forwarded. */
export interface Eviction<K, V> {
  readonly key: K
  readonly newValue: V | null
  readonly oldValue: V | null
  readonly origin: RecordOrigin
}

const versionHeader: readonly RecordHeader[] = [{ key: 'v', value: Buffer.of(3) }]

/**
 * Updates held back by time: Kafka's `InMemoryTimeOrderedKeyValueChangeBuffer`. It
 * lives in memory; the changelog, written at each flush, is where it comes back
 * from. A key keeps the time at which it first came.
 */
export class SuppressBuffer<K, V> implements StateStore {
  readonly name: string
  readonly changelog: string | undefined
  /** Nothing is kept on disk, so restore begins at the beginning. */
  readonly offset = undefined
  readonly #options: SuppressBufferOptions<K, V>
  readonly #context: TaskContext
  readonly #slots = new Map<string, Slot>()
  readonly #values = new SortedTree<Slot, BufferedChange>(undefined, bySlot)
  readonly #dirty = new BytesSet()
  #sizeBytes = 0

  constructor(options: SuppressBufferOptions<K, V>, context: TaskContext) {
    this.name = options.name
    this.changelog = options.logged ? `${context.facts.applicationId}-${options.name}-changelog` : undefined
    this.#options = options
    this.#context = context
  }

  get records(): number {
    return this.#slots.size
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** The time of the earliest update held back. */
  get minTime(): number {
    return this.#values.minKey()?.time ?? Number.POSITIVE_INFINITY
  }

  put(time: number, key: K, newValue: V | null, oldValue: V | null): void {
    const { keySerde, valueSerde } = this.#options
    const bytes = keySerde.serialize(key)
    const text = keyText(bytes)
    const held = this.#slots.get(text)
    const old = toBytes(valueSerde, oldValue)
    const prior = held === undefined ? old : (this.#values.get(held)?.prior ?? null)
    const { topic, partition, offset, timestamp, headers } = this.#context
    const origin = { topic, partition, offset, timestamp, headers }
    this.#set(held ?? { time, text, key: bytes }, { prior, old, next: toBytes(valueSerde, newValue), origin })
    this.#dirty.add(bytes)
  }

  /** Takes out the earliest updates while the condition holds. */
  evictWhile(condition: () => boolean, use: (eviction: Eviction<K, V>) => void): void {
    const { keySerde, valueSerde } = this.#options
    while (condition()) {
      const slot = this.#values.minKey()
      const held = slot === undefined ? undefined : this.#values.get(slot)
      if (slot === undefined || held === undefined) return
      const decode = (bytes: Uint8Array | null) => (bytes === null ? null : valueSerde.deserialize(bytes))
      use({
        key: keySerde.deserialize(slot.key),
        newValue: decode(held.next),
        oldValue: decode(held.old),
        origin: held.origin,
      })
      this.#remove(slot)
      this.#dirty.add(slot.key)
    }
  }

  /** The value a key had downstream before what is held back for it; undefined where nothing is. */
  priorValue(key: K): { readonly value: V | null } | undefined {
    const slot = this.#slots.get(keyText(this.#options.keySerde.serialize(key)))
    if (slot === undefined) return undefined
    const prior = this.#values.get(slot)?.prior ?? null
    return { value: prior === null ? null : this.#options.valueSerde.deserialize(prior) }
  }

  flush(): void {
    const { changelog } = this
    for (const key of changelog === undefined ? [] : this.#dirty.inOrder()) {
      const slot = this.#slots.get(keyText(key))
      const held = slot === undefined ? undefined : this.#values.get(slot)
      const value = slot === undefined || held === undefined ? null : writeBuffered(held, slot.time)
      this.#context.facts.collector.send({
        topic: changelog ?? '',
        partition: this.#context.facts.partition,
        // Kafka leaves the time to its producer, which takes the wall clock's.
        timestamp: this.#context.wallClock,
        key,
        value,
        headers: value === null ? [] : versionHeader,
      })
    }
    this.#dirty.clear()
  }

  commit(): void {}

  restore(batch: RecordBatch): void {
    for (let at = 0; at < batch.length; at++) {
      const key = batch.key(at)
      const value = batch.value(at)
      if (key === null) continue
      const text = keyText(key)
      const held = this.#slots.get(text)
      if (value !== null) {
        const { time, change } = readBuffered(value, batch.headers(at))
        this.#set(held ?? { time, text, key }, change)
      } else if (held !== undefined) this.#remove(held)
    }
  }

  close(): void {}

  #set(slot: Slot, change: BufferedChange): void {
    const before = this.#values.get(slot)
    this.#sizeBytes += sizeOf(slot, change) - (before === undefined ? 0 : sizeOf(slot, before))
    this.#slots.set(slot.text, slot)
    this.#values.set(slot, change)
  }

  #remove(slot: Slot): void {
    const held = this.#values.get(slot)
    if (held !== undefined) this.#sizeBytes -= sizeOf(slot, held)
    this.#values.delete(slot)
    this.#slots.delete(slot.text)
  }
}

function bySlot(a: Slot, b: Slot): number {
  if (a.time !== b.time) return a.time - b.time
  if (a.text === b.text) return 0
  return a.text < b.text ? -1 : 1
}

/** `computeRecordSize`: the time, the key, the values that are not one and the same, and the record's context. */
function sizeOf({ key }: Slot, { prior, old, next, origin }: BufferedChange): number {
  const values = old === prior ? [prior, next] : [prior, old, next]
  let size = 28 + key.length + origin.topic.length
  for (const value of values) size += value?.length ?? 0
  for (const header of origin.headers) size += header.key.length + (header.value?.length ?? 0)
  return size
}
