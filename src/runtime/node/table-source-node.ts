import type { TableStore } from '../store/table-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'
import { tableStore } from './store-of.ts'
import { TableWriter } from './table-writer.ts'

/** A topic read as a table: Kafka's `KTableSource`. Without a store it only passes changes on. */
export class TableSourceNode<K, V> extends RunningNode<K, Change<V>> {
  readonly #storeName: string | undefined
  readonly #sendOldValues: boolean
  #store: TableStore<K, V> | undefined
  #writer: TableWriter<K, V> | undefined

  constructor(storeName: string | undefined, sendOldValues: boolean) {
    super()
    this.#storeName = storeName
    this.#sendOldValues = sendOldValues
  }

  override start(context: TaskContext): void {
    super.start(context)
    if (this.#storeName === undefined) return
    this.#store = tableStore<K, V>(context, this.#storeName)
    this.#writer = new TableWriter(
      this.#store,
      context,
      (timestamp, key, change) => this.forwardAt(timestamp, key, change),
      this.#sendOldValues,
    )
  }

  override process(key: K, value: V | null): void {
    if (key === null) {
      this.context.drop('null key')
      return
    }
    const store = this.#store
    if (store === undefined) {
      this.forward(key, { newValue: value, oldValue: null })
      return
    }
    const { timestamp } = this.context
    const old = store.get(key)
    this.#writer?.write(timestamp, key, value, old?.value ?? null)
  }
}
