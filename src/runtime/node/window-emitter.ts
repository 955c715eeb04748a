import type { TaskContext } from '../task/task-context.ts'

/** When results go downstream: at each update, or once, when a window is closed. */
export type EmitStrategy = 'on-update' | 'on-close'

/**
 * Keeps when a node last emitted final results, across restarts: the time stands
 * in the metadata of the committed offset, under the store's name.
 */
export class WindowEmitter {
  readonly #context: TaskContext
  readonly #storeName: string
  #nextMs = 0

  constructor(context: TaskContext, storeName: string) {
    this.#context = context
    this.#storeName = storeName
  }

  /** -1 before the first. */
  get lastCloseTime(): number {
    return this.#context.metadata.get(this.#storeName) ?? -1
  }

  isDue(closeTime: number): boolean {
    const { wallClock, facts } = this.#context
    if (wallClock < this.#nextMs) return false
    this.#nextMs = wallClock + facts.emitIntervalMs
    return this.lastCloseTime === -1 || this.lastCloseTime < closeTime
  }

  emitted(closeTime: number): void {
    this.#context.metadata.set(this.#storeName, closeTime)
  }
}
