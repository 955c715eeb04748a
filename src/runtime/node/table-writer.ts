import type { TableStore } from '../store/table-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { TableForwarder } from './table-forwarder.ts'

/** Writes a table's changes to its store and tells the children of those that the store took. */
export class TableWriter<K, V> {
  readonly #store: TableStore<K, V>
  readonly #forwarder: TableForwarder<K, V>

  constructor(
    store: TableStore<K, V>,
    context: TaskContext,
    forwardAt: (timestamp: number, key: K, change: Change<V>) => void,
    sendOldValues: boolean,
  ) {
    this.#store = store
    this.#forwarder = new TableForwarder(store, context, forwardAt, sendOldValues)
  }

  write(timestamp: number, key: K, newValue: V | null, oldValue: V | null): void {
    const put = this.#store.put(key, newValue, timestamp)
    if (put === 'latest') this.#forwarder.forward(timestamp, key, newValue, oldValue)
    else if (put === 'late') this.#forwarder.forwardLate(timestamp, key, newValue, oldValue)
  }
}
