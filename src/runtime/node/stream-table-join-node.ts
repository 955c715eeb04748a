import type { ValueAndTimestamp } from '../store/timestamped-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import { RunningNode } from './running-node.ts'

type Get<K, V> = (key: K) => ValueAndTimestamp<V> | undefined

export interface StreamTableJoin<K, V, KTable, VTable, VOut> {
  readonly isLeft: boolean
  readonly openTable: (context: TaskContext) => Get<KTable, VTable>
  readonly selectKey: (key: K, value: V) => KTable | null
  readonly join: (key: K, value: V, tableValue: VTable | null) => VOut
}

/** A stream enriched from a table, with the stream record's own time: Kafka's `KStreamKTableJoinProcessor`. */
export class StreamTableJoinNode<K, V, KTable, VTable, VOut> extends RunningNode<K, VOut> {
  readonly #plan: StreamTableJoin<K, V, KTable, VTable, VOut>
  #table: Get<KTable, VTable> = () => undefined

  constructor(plan: StreamTableJoin<K, V, KTable, VTable, VOut>) {
    super()
    this.#plan = plan
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#table = this.#plan.openTable(context)
  }

  override process(key: K, value: V): void {
    const { isLeft, selectKey, join } = this.#plan
    const tableKey = selectKey(key, value)
    if (value === null || (tableKey === null && !isLeft)) {
      this.context.drop('null join key or value')
      return
    }
    const found = tableKey === null ? undefined : this.#table(tableKey)
    if (isLeft || found !== undefined) this.forward(key, join(key, value, found?.value ?? null))
  }
}
