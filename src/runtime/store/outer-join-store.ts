import type { RecordBatch } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { readLong, viewOf, writeLong } from '../serde/serdes.ts'
import type { TaskContext } from '../task/task-context.ts'
import { keyText } from './key-text.ts'
import type { StateStore } from './state-store.ts'
import { StoreBytes } from './store-bytes.ts'

export interface OuterJoinStoreOptions<K, VLeft, VRight> {
  readonly name: string
  readonly keySerde: Serde<K>
  readonly leftSerde: Serde<VLeft>
  readonly rightSerde: Serde<VRight>
  readonly persistent: boolean
  readonly logged: boolean
}

/** A record of one side that has found no partner yet. */
export interface Unjoined<K> {
  readonly key: K
  readonly timestamp: number
  readonly isLeft: boolean
}

const same = (key: Uint8Array): Uint8Array => key

/**
 * Records that wait for a partner until their window closes, by time: the shared
 * store of a left or outer stream-stream join. Keys: time, side, key; values: a
 * list, each entry with its side. Kafka's `ListValueStore`, whose changelog has the
 * whole list at every change.
 */
export class OuterJoinStore<K, VLeft, VRight> implements StateStore {
  readonly name: string
  readonly #options: OuterJoinStoreOptions<K, VLeft, VRight>
  readonly #bytes: StoreBytes

  constructor(options: OuterJoinStoreOptions<K, VLeft, VRight>, context: TaskContext) {
    this.name = options.name
    this.#options = options
    this.#bytes = new StoreBytes(options, context, { isTimestamped: false, toLog: same, fromLog: same })
  }

  add(waiting: Unjoined<K>, value: VLeft | VRight): void {
    const key = this.#rawKey(waiting)
    const text = keyText(key)
    const held = this.#bytes.get(text, key)
    const entries = held === null ? [] : readList(held)
    this.#bytes.put(text, key, writeList([...entries, this.#encode(waiting.isLeft, value)]))
  }

  delete(waiting: Unjoined<K>): void {
    const key = this.#rawKey(waiting)
    const text = keyText(key)
    if (this.#bytes.get(text, key) !== null) this.#bytes.put(text, key, null)
  }

  /** All that wait, earliest first; those of the right side before those of the left. */
  all(): { readonly waiting: Unjoined<K>; readonly left: VLeft | null; readonly right: VRight | null }[] {
    const { keySerde, leftSerde, rightSerde } = this.#options
    return this.#bytes.range({}).flatMap(([raw, list]) => {
      const isLeft = raw[8] === 1
      const waiting = { timestamp: readLong(viewOf(raw), 0), isLeft, key: keySerde.deserialize(raw.subarray(9)) }
      return readList(list).map((entry) => {
        const value = entry.subarray(1)
        return isLeft
          ? { waiting, left: leftSerde.deserialize(value), right: null }
          : { waiting, left: null, right: rightSerde.deserialize(value) }
      })
    })
  }

  get changelog(): string | undefined {
    return this.#bytes.changelog
  }

  get offset(): number | undefined {
    return this.#bytes.offset
  }

  flush(): void {}

  commit(offset: number | undefined): void {
    this.#bytes.commit(offset)
  }

  restore(batch: RecordBatch): void {
    this.#bytes.restore(batch)
  }

  close(): void {
    this.#bytes.close()
  }

  #rawKey({ key, timestamp, isLeft }: Unjoined<K>): Uint8Array {
    const bytes = this.#options.keySerde.serialize(key)
    const raw = Buffer.allocUnsafe(bytes.length + 9)
    writeLong(raw, 0, timestamp)
    raw[8] = isLeft ? 1 : 0
    raw.set(bytes, 9)
    return raw
  }

  #encode(isLeft: boolean, value: VLeft | VRight): Uint8Array {
    const serde: Serde<VLeft | VRight> = isLeft ? this.#options.leftSerde : this.#options.rightSerde
    return Buffer.concat([Buffer.of(isLeft ? 1 : 0), serde.serialize(value)])
  }
}

/** `1 ‖ int32 count ‖ (int32 length ‖ bytes)…`: Kafka's `ListSerializer` for entries of any length. */
function writeList(entries: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.alloc(5)
  head[0] = 1
  head.writeInt32BE(entries.length, 1)
  const parts = entries.flatMap((entry) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(entry.length)
    return [length, entry]
  })
  return Buffer.concat([head, ...parts])
}

function readList(bytes: Uint8Array): Uint8Array[] {
  const view = viewOf(bytes)
  const entries: Uint8Array[] = []
  let at = 5
  for (let left = view.readInt32BE(1); left > 0; left--) {
    const length = view.readInt32BE(at)
    entries.push(view.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return entries
}
