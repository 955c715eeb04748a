import type { TableStore } from '../store/table-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'
import { tableStore } from './store-of.ts'
import { TableWriter } from './table-writer.ts'

export interface TableNodeOptions {
  /** The store it keeps its values in; undefined for a table that is only passed on. */
  readonly storeName: string | undefined
  readonly sendOldValues: boolean
}

/** A node whose output is a table, kept in a store or not. */
export abstract class StoredTableNode<K, V> extends RunningNode<K, Change<V>> {
  protected readonly sendsOldValues: boolean
  readonly #storeName: string | undefined
  #store: TableStore<K, V> | undefined
  #writer: TableWriter<K, V> | undefined

  constructor({ storeName, sendOldValues }: TableNodeOptions) {
    super()
    this.#storeName = storeName
    this.sendsOldValues = sendOldValues
  }

  override start(context: TaskContext): void {
    super.start(context)
    if (this.#storeName === undefined) return
    this.#store = tableStore<K, V>(context, this.#storeName)
    this.#writer = new TableWriter(
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

  /** `from` is the change that this one comes of. */
  protected emit(key: K, newValue: V | null, oldValue: V | null, from: Change<unknown>): void {
    const writer = this.#writer
    if (writer !== undefined) writer.write(this.context.timestamp, key, newValue, oldValue)
    else if (from.isLate === true) this.forward(key, { newValue, oldValue, isLate: true })
    else this.forward(key, { newValue, oldValue })
  }
}
