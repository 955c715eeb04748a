import type { StreamRecord } from './stream-record.ts'
import type { TaskContext } from '../task/task-context.ts'

/**
 * A processor at work in one task. The record's timestamp and headers stand in the
 * context; only key and value travel as arguments.
 */
export abstract class RunningNode<KOut = unknown, VOut = unknown> {
  readonly children: RunningNode[] = []
  #context: TaskContext | undefined

  /** Called once, before the first record; stores are open. */
  start(context: TaskContext): void {
    this.#context = context
  }

  /** Node classes narrow the types: the DSL has seen to it that they fit. */
  abstract process(key: unknown, value: unknown): void

  close(): void {}

  /**
   * Whether somebody may have a key or a value, or a view of one, once `process` has returned: user code does with them
   * what it likes.
   */
  get mayKeep(): boolean {
    return true
  }

  protected get context(): TaskContext {
    if (this.#context === undefined) throw new Error('this node has not started')
    return this.#context
  }

  protected forward(key: KOut, value: VOut): void {
    for (const child of this.children) child.process(key, value)
  }

  /** Forwards with another time, which holds for everything downstream and for nothing else. */
  protected forwardAt(timestamp: number, key: KOut, value: VOut): void {
    const context = this.context
    const before = context.timestamp
    context.timestamp = timestamp
    for (const child of this.children) child.process(key, value)
    context.timestamp = before
  }

  /** Forwards with another time and other headers. */
  protected forwardRecord({ key, value, timestamp, headers }: StreamRecord<KOut, VOut>): void {
    const context = this.context
    const before = context.headers
    context.headers = headers
    this.forwardAt(timestamp, key, value)
    context.headers = before
  }
}
