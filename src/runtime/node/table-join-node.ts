import type { ValueAndTimestamp } from '../store/table-store.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'

/**
 * What one side of a table-table join does when the other side has no value, and
 * when its own value is gone. `right` is the right side of a left join.
 */
export type JoinSide = 'inner' | 'left' | 'right' | 'outer'

type Get<K, V> = (key: K) => ValueAndTimestamp<V> | undefined

export interface TableJoinOptions<K, V, VOther, VOut> {
  readonly side: JoinSide
  readonly openOther: (context: TaskContext) => Get<K, VOther>
  readonly join: (key: K, value: V | null, other: VOther | null) => VOut | null
  readonly sendOldValues: boolean
  /** This side is a versioned table, whose late values change no result: KIP-914. */
  readonly isVersioned: boolean
}

/** One side of a table-table join: Kafka's `KTableKTable{Inner,Left,Right,Outer}Join`. */
export class TableJoinNode<K, V, VOther, VOut> extends RunningNode<K, Change<VOut>> {
  readonly #options: TableJoinOptions<K, V, VOther, VOut>
  #other: Get<K, VOther> = () => undefined

  constructor(options: TableJoinOptions<K, V, VOther, VOut>) {
    super()
    this.#options = options
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#other = this.#options.openOther(context)
  }

  override process(key: K, change: Change<V>): void {
    if (key === null) {
      this.context.drop('null key')
      return
    }
    const { sendOldValues, isVersioned } = this.#options
    if (isVersioned && change.isLate === true) {
      this.context.drop('out-of-order record of a versioned table')
      return
    }
    const other = this.#other(key)
    if (other === undefined && this.#isNothing(change)) return
    const newValue = this.#value(key, change.newValue, other)
    const oldValue = sendOldValues ? this.#value(key, change.oldValue, other) : null
    const now = this.context.timestamp
    const late = change.isLate === true ? { isLate: true as const } : {}
    this.forwardAt(other === undefined ? now : Math.max(now, other.timestamp), key, { newValue, oldValue, ...late })
  }

  /** Nothing there and nothing to take back: no result either. */
  #isNothing({ newValue, oldValue }: Change<V>): boolean {
    const { side } = this.#options
    if (side === 'inner' || side === 'right') return true
    return newValue === null && oldValue === null
  }

  #value(key: K, mine: V | null, other: ValueAndTimestamp<VOther> | undefined): VOut | null {
    const { side, join } = this.#options
    if (mine === null) {
      const otherSuffices = side === 'right' || (side === 'outer' && other !== undefined)
      if (!otherSuffices) return null
    }
    return join(key, mine, other?.value ?? null)
  }
}
