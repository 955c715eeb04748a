import type { Serde } from '../../serde/serde.ts'
import { murmur3 } from '../../serde/murmur3.ts'
import type { SubscriptionResponse } from '../../serde/subscription-serde.ts'
import type { ValueAndTimestamp } from '../../store/table-store.ts'
import type { TaskContext } from '../../task/task-context.ts'
import { RunningNode } from '../running-node.ts'

type Get<K, V> = (key: K) => ValueAndTimestamp<V> | undefined

export interface ResponseJoin<K, V, VForeign, VOut> {
  readonly isLeft: boolean
  readonly openTable: (context: TaskContext) => Get<K, V>
  readonly valueSerde: Serde<V>
  readonly join: (value: V, foreign: VForeign | null) => VOut | null
}

/**
 * An answer meets the left row that asked: Kafka's `ResponseJoinProcessorSupplier`. If the row
 * has changed since, its hash tells, and the answer to its newer value is on the way.
 */
export class ResponseJoinNode<K, V, VForeign, VOut> extends RunningNode<K, VOut | null> {
  readonly #plan: ResponseJoin<K, V, VForeign, VOut>
  #table: Get<K, V> = () => undefined

  constructor(plan: ResponseJoin<K, V, VForeign, VOut>) {
    super()
    this.#plan = plan
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#table = this.#plan.openTable(context)
  }

  override process(key: K, { hash, value: foreign }: SubscriptionResponse<VForeign>): void {
    const { isLeft, valueSerde, join } = this.#plan
    const current = this.#table(key)
    const currentHash = current === undefined ? null : murmur3(valueSerde.serialize(current.value))
    if (!isSame(hash, currentHash)) {
      this.context.drop('an answer to an older value of the row')
      return
    }
    const hasResult = current !== undefined && (foreign !== null || isLeft)
    this.forward(key, hasResult ? join(current.value, foreign) : null)
  }
}

function isSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0
}
