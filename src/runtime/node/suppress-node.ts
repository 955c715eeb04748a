import { type Eviction, SuppressBuffer } from '../store/suppress-buffer.ts'
import type { TaskContext } from '../task/task-context.ts'
import { asOf } from './as-of.ts'
import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'

export interface SuppressOptions<K> {
  readonly storeName: string
  /** How long an update is held back, counted from `timeOf`. */
  readonly holdMs: number
  /** From when: the record's time, or the end of its window. */
  readonly timeOf: (timestamp: number, key: K) => number
  readonly maxRecords: number
  readonly maxBytes: number
  readonly whenFull: 'emit' | 'shut-down'
  /** A deletion of what nobody downstream has seen says nothing. */
  readonly dropsTombstones: boolean
}

/** Holds a table's updates back: Kafka's `KTableSuppressProcessor`. */
export class SuppressNode<K, V> extends RunningNode<K, Change<V>> {
  readonly #options: SuppressOptions<K>
  #buffer: SuppressBuffer<K, V> | undefined
  #observedTime = -1

  constructor(options: SuppressOptions<K>) {
    super()
    this.#options = options
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#buffer = suppressBuffer(context, this.#options.storeName)
  }

  override process(key: K, { newValue, oldValue }: Change<V>): void {
    const buffer = this.#buffer
    if (buffer === undefined) return
    const { timestamp } = this.context
    const { holdMs, timeOf, whenFull, maxRecords, maxBytes, storeName } = this.#options
    this.#observedTime = Math.max(this.#observedTime, timestamp)
    buffer.put(timeOf(timestamp, key), key, newValue, oldValue)
    const expiry = this.#observedTime - holdMs
    buffer.evictWhile(() => buffer.minTime <= expiry, this.#emit)
    const isFull = () => buffer.records > maxRecords || buffer.sizeBytes > maxBytes
    if (!isFull()) return
    if (whenFull === 'emit') buffer.evictWhile(isFull, this.#emit)
    else {
      throw new Error(
        `the suppression buffer ${storeName} has ${buffer.records} of ${maxRecords} records and ${buffer.sizeBytes} of ` +
          `${maxBytes} bytes: raise its bounds, or let it emit early`,
      )
    }
  }

  readonly #emit = ({ key, newValue, oldValue, origin }: Eviction<K, V>): void => {
    if (newValue === null && this.#options.dropsTombstones) return
    asOf(this.context, origin, () => this.forward(key, { newValue, oldValue }))
  }
}

export function suppressBuffer<K, V>(context: TaskContext, name: string): SuppressBuffer<K, V> {
  const store = context.stores.get(name)
  if (isBuffer<K, V>(store)) return store
  throw new Error(`${name} is not a suppression buffer of this task`)
}

function isBuffer<K, V>(store: unknown): store is SuppressBuffer<K, V> {
  return store instanceof SuppressBuffer
}
