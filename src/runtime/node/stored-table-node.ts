import type { TimestampedStore } from '../store/timestamped-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'
import { timestampedStore } from './store-of.ts'
import { TableForwarder } from './table-forwarder.ts'

export interface TableNodeOptions {
  /** The store it keeps its values in; undefined for a table that is only passed on. */
  readonly storeName: string | undefined
  readonly sendOldValues: boolean
}

/** A node whose output is a table, kept in a store or not. */
export abstract class StoredTableNode<K, V> extends RunningNode<K, Change<V>> {
  protected readonly sendsOldValues: boolean
  readonly #storeName: string | undefined
  #store: TimestampedStore<K, V> | undefined
  #forwarder: TableForwarder<K, V> | undefined

  constructor({ storeName, sendOldValues }: TableNodeOptions) {
    super()
    this.#storeName = storeName
    this.sendsOldValues = sendOldValues
  }

  override start(context: TaskContext): void {
    super.start(context)
    if (this.#storeName === undefined) return
    this.#store = timestampedStore<K, V>(context, this.#storeName)
    this.#forwarder = new TableForwarder(
      this.#store,
      context,
      (timestamp, key, change) => this.forwardAt(timestamp, key, change),
      this.sendsOldValues,
    )
  }

  /** The value before this change where somebody wants it: the store's own, or what `compute` makes of the parent's. */
  protected oldValue(key: K, compute: () => V | null): V | null {
    if (!this.sendsOldValues) return null
    return this.#store === undefined ? compute() : (this.#store.get(key)?.value ?? null)
  }

  protected emit(key: K, newValue: V | null, oldValue: V | null): void {
    if (this.#store === undefined) {
      this.forward(key, { newValue, oldValue })
      return
    }
    const { timestamp } = this.context
    this.#store.put(key, newValue, timestamp)
    this.#forwarder?.forward(timestamp, key, newValue, oldValue)
  }
}
