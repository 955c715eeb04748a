import type { CombinedKeys } from '../../serde/combined-key.ts'
import { instructions, type Subscription } from '../../serde/subscription-serde.ts'
import type { TimestampedStore } from '../../store/timestamped-store.ts'
import type { TaskContext } from '../../task/task-context.ts'
import { RunningNode } from '../running-node.ts'
import { timestampedStore } from '../store-of.ts'

/** The right side keeps the subscription, or forgets it: Kafka's `SubscriptionReceiveProcessorSupplier`. */
export class SubscriptionReceiveNode<KForeign, K> extends RunningNode<KForeign | null, Subscription<K>> {
  readonly #storeName: string
  readonly #keys: CombinedKeys<KForeign, K>
  #store: TimestampedStore<Uint8Array, Subscription<K>> | undefined

  constructor(storeName: string, keys: CombinedKeys<KForeign, K>) {
    super()
    this.#storeName = storeName
    this.#keys = keys
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#store = timestampedStore(context, this.#storeName)
  }

  override process(foreignKey: KForeign | null, subscription: Subscription<K>): void {
    const { instruction, primaryKey } = subscription
    if (foreignKey === null) {
      // A left row without a foreign key still has its result.
      if (instruction === instructions.answer) this.forward(null, subscription)
      else this.context.drop('null foreign key')
      return
    }
    const isGone = instruction === instructions.forget || instruction === instructions.forgetAndAnswer
    const stored = isGone ? null : subscription
    this.#store?.put(this.#keys.toBytes(foreignKey, primaryKey), stored, this.context.timestamp)
    this.forward(foreignKey, subscription)
  }
}
