import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'
import { StoredTableNode, type TableNodeOptions } from './stored-table-node.ts'

/** Kafka's `KTableFilter`: a value that does not pass is a deletion. */
export class TableFilterNode<K, V> extends StoredTableNode<K, V> {
  readonly #passes: (key: K, value: V) => boolean
  readonly #isVersioned: boolean

  constructor(passes: (key: K, value: V) => boolean, options: TableNodeOptions & { readonly isVersioned: boolean }) {
    super(options)
    this.#passes = passes
    this.#isVersioned = options.isVersioned
  }

  override process(key: K, change: Change<V>): void {
    const newValue = this.#compute(key, change.newValue)
    const oldValue = this.oldValue(key, () => this.#compute(key, change.oldValue))
    // A versioned table keeps the time of a deletion, where another has nothing to tell.
    if (!this.#isVersioned && this.sendsOldValues && oldValue === null && newValue === null) return
    this.emit(key, newValue, oldValue, change)
  }

  #compute(key: K, value: V | null): V | null {
    return value !== null && this.#passes(key, value) ? value : null
  }
}

/** Kafka's `KTableMapValues`. */
export class TableMapNode<K, V, VOut> extends StoredTableNode<K, VOut> {
  readonly #map: (value: V, key: K) => VOut | null

  constructor(map: (value: V, key: K) => VOut | null, options: TableNodeOptions) {
    super(options)
    this.#map = map
  }

  override process(key: K, change: Change<V>): void {
    const mapped = this.#compute(key, change.newValue)
    const old = this.oldValue(key, () => this.#compute(key, change.oldValue))
    this.emit(key, mapped, old, change)
  }

  #compute(key: K, value: V | null): VOut | null {
    return value === null ? null : this.#map(value, key)
  }
}

/** Where the two sides of a table-table join meet: Kafka's `KTableKTableJoinMerger`. */
export class TableMergeNode<K, V> extends StoredTableNode<K, V> {
  override process(key: K, change: Change<V>): void {
    this.emit(key, change.newValue, this.sendsOldValues ? change.oldValue : null, change)
  }
}

/** A table grouped anew: the old pair is taken away, the new one added. Kafka's `KTableRepartitionMap`. */
export class TableSelectNode<K, V, KOut, VOut> extends RunningNode<KOut, Change<VOut>> {
  readonly #select: (key: K, value: V) => readonly [KOut | null, VOut | null]
  readonly #isSameKey: (a: KOut, b: KOut) => boolean
  readonly #isVersioned: boolean

  constructor(
    select: (key: K, value: V) => readonly [KOut | null, VOut | null],
    isSameKey: (a: KOut, b: KOut) => boolean,
    isVersioned: boolean,
  ) {
    super()
    this.#select = select
    this.#isSameKey = isSameKey
    this.#isVersioned = isVersioned
  }

  override process(key: K, change: Change<V>): void {
    if (key === null) throw new Error('Record key for the grouping KTable should not be null.')
    // An aggregate is of latest values only.
    if (this.#isVersioned && change.isLate === true) return
    const added = this.#pair(key, change.newValue)
    const removed = this.#pair(key, change.oldValue)
    if (added !== undefined && removed !== undefined && this.#isSameKey(removed.key, added.key)) {
      this.forward(removed.key, { newValue: added.value, oldValue: removed.value })
      return
    }
    if (removed !== undefined) this.forward(removed.key, { newValue: null, oldValue: removed.value })
    if (added !== undefined) this.forward(added.key, { newValue: added.value, oldValue: null })
  }

  #pair(key: K, value: V | null): { readonly key: KOut; readonly value: VOut } | undefined {
    if (value === null) return undefined
    const [newKey, newValue] = this.#select(key, value)
    return newKey === null || newValue === null ? undefined : { key: newKey, value: newValue }
  }
}
