import { JoinBufferStore } from '../store/join-buffer-store.ts'
import type { ValueAndTimestamp } from '../store/table-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import { asOf } from './as-of.ts'
import { RunningNode } from './running-node.ts'

type Get<K, V> = (key: K, asOfMs: number) => ValueAndTimestamp<V> | undefined

export interface StreamTableJoin<K, V, KTable, VTable, VOut> {
  readonly isLeft: boolean
  readonly openTable: (context: TaskContext) => Get<KTable, VTable>
  readonly selectKey: (key: K, value: V) => KTable | null
  readonly join: (key: K, value: V, tableValue: VTable | null) => VOut
  /** The store that holds records back, if the join has grace. */
  readonly bufferName?: string | undefined
}

/**
 * A stream enriched from a table, with the stream record's own time: from the value
 * that the table has, or if it is versioned the one it had at that time.
 * Kafka's `KStreamKTableJoinProcessor`.
 */
export class StreamTableJoinNode<K, V, KTable, VTable, VOut> extends RunningNode<K, VOut> {
  readonly #plan: StreamTableJoin<K, V, KTable, VTable, VOut>
  #table: Get<KTable, VTable> = () => undefined
  #buffer: JoinBufferStore<K, V> | undefined

  constructor(plan: StreamTableJoin<K, V, KTable, VTable, VOut>) {
    super()
    this.#plan = plan
  }

  override start(context: TaskContext): void {
    super.start(context)
    const { openTable, bufferName } = this.#plan
    this.#table = openTable(context)
    if (bufferName !== undefined) this.#buffer = joinBuffer(context, bufferName)
  }

  override process(key: K, value: V): void {
    const { isLeft, selectKey } = this.#plan
    const tableKey = selectKey(key, value)
    if (value === null || (tableKey === null && !isLeft)) this.context.drop('null join key or value')
    else if (this.#buffer === undefined) this.#join(key, value, tableKey)
    else this.#joinLater(this.#buffer, key, value)
  }

  #joinLater(buffer: JoinBufferStore<K, V>, key: K, value: V): void {
    const { selectKey } = this.#plan
    if (key === null)
      throw new Error('a record without a key cannot wait for the table: give the stream one, or join without graceMs')
    if (!buffer.put(key, value)) this.#join(key, value, selectKey(key, value))
    else {
      buffer.takeDue((dueKey, dueValue, origin) => {
        asOf(this.context, origin, () => this.#join(dueKey, dueValue, selectKey(dueKey, dueValue)))
      })
    }
  }

  #join(key: K, value: V, tableKey: KTable | null): void {
    const { isLeft, join } = this.#plan
    const found = tableKey === null ? undefined : this.#table(tableKey, this.context.timestamp)
    if (isLeft || found !== undefined) this.forward(key, join(key, value, found?.value ?? null))
  }
}

function joinBuffer<K, V>(context: TaskContext, name: string): JoinBufferStore<K, V> {
  const store = context.stores.get(name)
  if (isJoinBuffer<K, V>(store)) return store
  throw new Error(`${name} is not the buffer of a join of this task`)
}

function isJoinBuffer<K, V>(store: unknown): store is JoinBufferStore<K, V> {
  return store instanceof JoinBufferStore
}
