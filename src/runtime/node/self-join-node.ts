import type { JoinWindowStore } from '../store/join-window-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import { RunningNode } from './running-node.ts'
import { joinWindowStore } from './store-of.ts'

export interface SelfJoinOptions<K, V, VOut> {
  readonly storeName: string
  readonly beforeMs: number
  readonly afterMs: number
  readonly retentionMs: number
  readonly join: (value: V, other: V, key: K) => VOut
}

/** A stream joined with itself from one store: Kafka's `KStreamKStreamSelfJoin`. */
export class SelfJoinNode<K, V, VOut> extends RunningNode<K, VOut> {
  readonly #options: SelfJoinOptions<K, V, VOut>
  #store: JoinWindowStore<K, V> | undefined
  #streamTime = -1

  constructor(options: SelfJoinOptions<K, V, VOut>) {
    super()
    this.#options = options
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#store = joinWindowStore<K, V>(context, this.#options.storeName)
  }

  override process(key: K, value: V): void {
    if (key === null || value === null) {
      this.context.drop('null key or value')
      return
    }
    const { timestamp } = this.context
    const { beforeMs, afterMs, retentionMs, join } = this.#options
    this.#streamTime = Math.max(this.#streamTime, timestamp)
    let joinsItself = timestamp > this.#streamTime - retentionMs + 1
    for (const other of this.#others(key, beforeMs, afterMs)) {
      this.forwardAt(Math.max(timestamp, other.timestamp), key, join(value, other.value, key))
    }
    for (const other of this.#others(key, afterMs, beforeMs)) {
      if (joinsItself && timestamp < other.timestamp) {
        joinsItself = false
        this.forward(key, join(value, value, key))
      }
      this.forwardAt(Math.max(timestamp, other.timestamp), key, join(other.value, value, key))
    }
    if (joinsItself) this.forward(key, join(value, value, key))
  }

  #others(key: K, beforeMs: number, afterMs: number) {
    const { timestamp } = this.context
    return this.#store?.fetch(key, Math.max(0, timestamp - beforeMs), Math.max(0, timestamp + afterMs)) ?? []
  }
}
