import type { CombinedKeys } from '../../serde/combined-key.ts'
import type { Subscription, SubscriptionResponse } from '../../serde/subscription-serde.ts'
import type { TimestampedStore } from '../../store/timestamped-store.ts'
import type { TaskContext } from '../../task/task-context.ts'
import type { Change } from '../change.ts'
import { RunningNode } from '../running-node.ts'
import { timestampedStore } from '../store-of.ts'

/** Tells every subscriber of a change of the right table: Kafka's `ForeignTableJoinProcessorSupplier`. */
export class ForeignChangeNode<KForeign, K, VForeign> extends RunningNode<K, SubscriptionResponse<VForeign>> {
  readonly #storeName: string
  readonly #keys: CombinedKeys<KForeign, K>
  /** The right table keeps a history: its late values change no result. */
  readonly #isVersioned: boolean
  #store: TimestampedStore<Uint8Array, Subscription<K>> | undefined

  constructor(storeName: string, keys: CombinedKeys<KForeign, K>, isVersioned: boolean) {
    super()
    this.#storeName = storeName
    this.#keys = keys
    this.#isVersioned = isVersioned
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#store = timestampedStore(context, this.#storeName)
  }

  override process(foreignKey: KForeign, change: Change<VForeign>): void {
    if (foreignKey === null) {
      this.context.drop('null key')
      return
    }
    if (this.#isVersioned && change.isLate === true) {
      this.context.drop('out-of-order record of a versioned table')
      return
    }
    for (const [key, subscription] of this.#store?.entries(this.#keys.range(foreignKey)) ?? []) {
      const { hash, primaryPartition } = subscription
      this.forward(this.#keys.primaryKey(key), { hash, value: change.newValue, primaryPartition })
    }
  }
}
