import type { TableStore } from '../store/table-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'
import { tableStore } from './store-of.ts'
import { TableWriter } from './table-writer.ts'

/** How values become an aggregate. `reduce` has no initial one: the first value is it. */
export type Aggregation<K, V, A> =
  | {
      readonly kind: 'aggregate'
      readonly initialize: () => A
      readonly add: (key: K, value: V, aggregate: A) => A | null
    }
  | {
      readonly kind: 'reduce'
      readonly first: (value: V) => A
      readonly add: (key: K, value: V, aggregate: A) => A | null
    }

/** `count`, `reduce` and `aggregate` of a grouped stream: Kafka's `KStreamAggregate` and `KStreamReduce`. */
export class AggregateNode<K, V, A> extends RunningNode<K, Change<A>> {
  readonly #storeName: string
  readonly #aggregation: Aggregation<K, V, A>
  readonly #sendOldValues: boolean
  #store: TableStore<K, A> | undefined
  #writer: TableWriter<K, A> | undefined

  constructor(storeName: string, aggregation: Aggregation<K, V, A>, sendOldValues: boolean) {
    super()
    this.#storeName = storeName
    this.#aggregation = aggregation
    this.#sendOldValues = sendOldValues
  }

  override start(context: TaskContext): void {
    super.start(context)
    const store = tableStore<K, A>(context, this.#storeName)
    this.#store = store
    this.#writer = new TableWriter(
      store,
      context,
      (timestamp, key, change) => this.forwardAt(timestamp, key, change),
      this.#sendOldValues,
    )
  }

  override process(key: K, value: V): void {
    if (key === null || value === null) {
      this.context.drop('null key or value')
      return
    }
    const store = this.#store
    if (store === undefined) return
    const aggregation = this.#aggregation
    const old = store.get(key)
    const now = this.context.timestamp
    const timestamp = old === undefined ? now : Math.max(now, old.timestamp)
    let before: A | null = null
    let after: A | null
    if (old !== undefined) {
      before = old.value
      after = aggregation.add(key, value, old.value)
    } else if (aggregation.kind === 'reduce') {
      after = aggregation.first(value)
    } else {
      const initial = aggregation.initialize()
      before = initial
      after = aggregation.add(key, value, initial)
    }
    this.#writer?.write(timestamp, key, after, before)
  }
}
