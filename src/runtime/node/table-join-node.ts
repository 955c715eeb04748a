import type { ValueAndTimestamp } from '../store/timestamped-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'

/**
 * What one side of a table-table join does when the other side has no value, and
 * when its own value is gone. `right` is the right side of a left join.
 */
export type JoinSide = 'inner' | 'left' | 'right' | 'outer'

type Get<K, V> = (key: K) => ValueAndTimestamp<V> | undefined

/** One side of a table-table join: Kafka's `KTableKTable{Inner,Left,Right,Outer}Join`. */
export class TableJoinNode<K, V, VOther, VOut> extends RunningNode<K, Change<VOut>> {
  readonly #side: JoinSide
  readonly #openOther: (context: TaskContext) => Get<K, VOther>
  readonly #join: (key: K, value: V | null, other: VOther | null) => VOut | null
  readonly #sendOldValues: boolean
  #other: Get<K, VOther> = () => undefined

  constructor(
    side: JoinSide,
    openOther: (context: TaskContext) => Get<K, VOther>,
    join: (key: K, value: V | null, other: VOther | null) => VOut | null,
    sendOldValues: boolean,
  ) {
    super()
    this.#side = side
    this.#openOther = openOther
    this.#join = join
    this.#sendOldValues = sendOldValues
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#other = this.#openOther(context)
  }

  override process(key: K, change: Change<V>): void {
    if (key === null) {
      this.context.drop('null key')
      return
    }
    const other = this.#other(key)
    if (other === undefined && this.#isNothing(change)) return
    const newValue = this.#value(key, change.newValue, other)
    const oldValue = this.#sendOldValues ? this.#value(key, change.oldValue, other) : null
    const now = this.context.timestamp
    this.forwardAt(other === undefined ? now : Math.max(now, other.timestamp), key, { newValue, oldValue })
  }

  /** Nothing there and nothing to take back: no result either. */
  #isNothing({ newValue, oldValue }: Change<V>): boolean {
    if (this.#side === 'inner' || this.#side === 'right') return true
    return newValue === null && oldValue === null
  }

  #value(key: K, mine: V | null, other: ValueAndTimestamp<VOther> | undefined): VOut | null {
    if (mine === null) {
      const otherSuffices = this.#side === 'right' || (this.#side === 'outer' && other !== undefined)
      if (!otherSuffices) return null
    }
    return this.#join(key, mine, other?.value ?? null)
  }
}
