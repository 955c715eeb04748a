import type { TableStore } from '../store/table-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'
import { tableStore } from './store-of.ts'
import { TableWriter } from './table-writer.ts'

/** How a grouped table becomes one value per group. `first` makes the aggregate of a group that had none. */
export interface TableAggregation<K, V, A> {
  readonly first: (key: K, value: V) => A | null
  readonly add: (key: K, value: V, aggregate: A) => A | null
  readonly subtract: (key: K, value: V, aggregate: A) => A | null
}

/** Kafka's `KTableAggregate` and `KTableReduce`: the subtractor runs before the adder. */
export class TableAggregateNode<K, V, A> extends RunningNode<K, Change<A>> {
  readonly #storeName: string
  readonly #aggregation: TableAggregation<K, V, A>
  readonly #sendOldValues: boolean
  #store: TableStore<K, A> | undefined
  #writer: TableWriter<K, A> | undefined

  constructor(storeName: string, aggregation: TableAggregation<K, V, A>, sendOldValues: boolean) {
    super()
    this.#storeName = storeName
    this.#aggregation = aggregation
    this.#sendOldValues = sendOldValues
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#store = tableStore<K, A>(context, this.#storeName)
    this.#writer = new TableWriter(
      this.#store,
      context,
      (timestamp, key, change) => this.forwardAt(timestamp, key, change),
      this.#sendOldValues,
    )
  }

  override process(key: K, { newValue, oldValue }: Change<V>): void {
    if (key === null) {
      throw new Error(`Record key for KTable aggregate operator with state ${this.#storeName} should not be null.`)
    }
    const now = this.context.timestamp
    const held = this.#store?.get(key)
    const timestamp = held === undefined ? now : Math.max(now, held.timestamp)
    const aggregate = this.#added(key, newValue, this.#subtracted(key, oldValue, held?.value ?? null))
    this.#writer?.write(timestamp, key, aggregate, held?.value ?? null)
  }

  #subtracted(key: K, value: V | null, aggregate: A | null): A | null {
    return value === null || aggregate === null ? aggregate : this.#aggregation.subtract(key, value, aggregate)
  }

  #added(key: K, value: V | null, aggregate: A | null): A | null {
    if (value === null) return aggregate
    const { first, add } = this.#aggregation
    return aggregate === null ? first(key, value) : add(key, value, aggregate)
  }
}
