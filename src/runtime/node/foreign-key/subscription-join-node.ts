import { unreachable } from '../../../base/unreachable.ts'
import { instructions, type Subscription, type SubscriptionResponse } from '../../serde/subscription-serde.ts'
import type { ValueAndTimestamp } from '../../store/table-store.ts'
import type { TaskContext } from '../../task/task-context.ts'
import { RunningNode } from '../running-node.ts'

type Get<K, V> = (key: K) => ValueAndTimestamp<V> | undefined

/** Answers a subscription with what the right table has now: Kafka's `SubscriptionJoinProcessorSupplier`. */
export class SubscriptionJoinNode<KForeign, K, VForeign> extends RunningNode<K, SubscriptionResponse<VForeign>> {
  readonly #openTable: (context: TaskContext) => Get<KForeign, VForeign>
  #table: Get<KForeign, VForeign> = () => undefined

  constructor(openTable: (context: TaskContext) => Get<KForeign, VForeign>) {
    super()
    this.#openTable = openTable
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#table = this.#openTable(context)
  }

  override process(foreignKey: KForeign | null, subscription: Subscription<K>): void {
    const { instruction, hash, primaryKey, primaryPartition } = subscription
    const found = foreignKey === null ? undefined : this.#table(foreignKey)
    const now = this.context.timestamp
    const answer = (value: VForeign | null) =>
      this.forwardAt(Math.max(now, found?.timestamp ?? now), primaryKey, { hash, value, primaryPartition })
    switch (instruction) {
      case instructions.forget:
        return
      case instructions.forgetAndAnswer:
        return answer(null)
      case instructions.answer:
        return answer(found?.value ?? null)
      case instructions.answerIfFound:
        return found === undefined ? undefined : answer(found.value)
      default:
        return unreachable(instruction)
    }
  }
}
