import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { type ProcessorContext, processorContextOf } from './processor-node.ts'
import { StoredTableNode, type TableNodeOptions } from './stored-table-node.ts'

/** Kafka's `ValueTransformerWithKey`: made anew for every task, so its fields are a task's own. */
export interface ValueTransformer<K, V, VOut> {
  /** The context has stores and timers, and refuses to forward: a table's changes follow from its values. */
  init?(context: ProcessorContext<never, never>): void
  /** Null is a key that was deleted, and as a result it deletes. */
  transform(value: V | null, key: K): VOut | null
  close?(): void
}

/** Kafka's `KTableTransformValues`. */
export class TransformValuesNode<K, V, VOut> extends StoredTableNode<K, VOut> {
  readonly #name: string
  readonly #transformer: ValueTransformer<K, V, VOut>

  constructor(name: string, transformer: ValueTransformer<K, V, VOut>, options: TableNodeOptions) {
    super(options)
    this.#name = name
    this.#transformer = transformer
  }

  override start(context: TaskContext): void {
    super.start(context)
    this.#transformer.init?.(transformerContextOf(context, this.#name))
  }

  override process(key: K, change: Change<V>): void {
    const newValue = this.#transformer.transform(change.newValue, key)
    const old = this.oldValue(key, () => this.#transformer.transform(change.oldValue, key))
    this.emit(key, newValue, old, change)
  }

  override close(): void {
    this.#transformer.close?.()
  }
}

export function transformerContextOf(context: TaskContext, name: string): ProcessorContext<never, never> {
  return processorContextOf(context, name, () => {
    throw new Error(
      'forward() is not supported in transformValues, which must not change keys: use process() of a stream for that',
    )
  })
}
