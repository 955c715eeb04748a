import type { Serde } from '../../serde/serde.ts'
import { murmur3 } from '../../serde/murmur3.ts'
import { type Instruction, instructions, type Subscription } from '../../serde/subscription-serde.ts'
import type { Change } from '../change.ts'
import { RunningNode } from '../running-node.ts'

export interface SubscriptionSend<K, V, KForeign> {
  readonly isLeft: boolean
  /** The left table keeps a history: its late values change no subscription. */
  readonly isVersioned: boolean
  readonly foreignKey: (value: V, key: K) => KForeign | null
  readonly foreignKeySerde: Serde<KForeign>
  readonly valueSerde: Serde<V>
}

/**
 * A row of the left table subscribes to its foreign key: Kafka's `SubscriptionSendProcessorSupplier`.
 * A key that changed is unsubscribed from at its old place, which may be another partition.
 */
export class SubscriptionSendNode<K, V, KForeign> extends RunningNode<KForeign | null, Subscription<K>> {
  readonly #plan: SubscriptionSend<K, V, KForeign>

  constructor(plan: SubscriptionSend<K, V, KForeign>) {
    super()
    this.#plan = plan
  }

  override process(key: K, change: Change<V>): void {
    const { isVersioned, isLeft, foreignKey } = this.#plan
    if (isVersioned && change.isLate === true) {
      this.context.drop('out-of-order record of a versioned table')
      return
    }
    const { oldValue, newValue } = change
    const before = oldValue === null ? null : foreignKey(oldValue, key)
    const now = newValue === null ? null : foreignKey(newValue, key)
    const hash = newValue === null ? null : murmur3(this.#plan.valueSerde.serialize(newValue))
    const send = (to: KForeign | null, instruction: Instruction) =>
      this.forward(to, { hash, instruction, primaryKey: key, primaryPartition: this.context.partition })
    if (isLeft) this.#leftJoin(change, { before, now, send })
    else this.#innerJoin(change, { before, now, send })
  }

  /** Every change wants an answer, since every row has a result; where there is no foreign key, null is sent for one. */
  #leftJoin({ oldValue, newValue }: Change<V>, { before, now, send }: Subscribing<KForeign>): void {
    if (oldValue === null && newValue === null) return
    if (before !== null && !this.#isSame(before, now)) send(before, instructions.forget)
    send(now, instructions.answer)
  }

  #innerJoin({ newValue }: Change<V>, { before, now, send }: Subscribing<KForeign>): void {
    if (newValue !== null && now === null) this.context.drop('null foreign key')
    if (now === null) {
      if (before !== null) send(before, instructions.forgetAndAnswer)
      return
    }
    if (before === null || this.#isSame(before, now)) {
      // Without a match now there was none before, so there is no result to take back.
      send(now, instructions.answerIfFound)
      return
    }
    send(before, instructions.forget)
    send(now, instructions.answer)
  }

  #isSame(before: KForeign, now: KForeign | null): boolean {
    const { foreignKeySerde } = this.#plan
    return now !== null && Buffer.compare(foreignKeySerde.serialize(before), foreignKeySerde.serialize(now)) === 0
  }
}

interface Subscribing<KForeign> {
  readonly before: KForeign | null
  readonly now: KForeign | null
  readonly send: (to: KForeign | null, instruction: Instruction) => void
}
