import type { Clock } from '../../base/clock.ts'
import { Unfinished } from './unfinished.ts'

/** What awaiting needs of the world around a task. */
export interface AwaitSurroundings {
  readonly clock: Clock
  /** Waits before a call is made again. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
  /** In [0, 1), for the spread of pauses. */
  readonly random: () => number
  /** Is told of every call that ended: the task has something to do. */
  readonly wake: () => void
  /** The longest a record's call may take, in ms; undefined where a commit need not wait for it. */
  readonly mostMs: number | undefined
}

/** An operator that awaits, as its task sees it. */
export interface AwaitingNode {
  readonly inFlight: number
  readonly waiting: number
  readonly isFull: boolean
  readonly hasResult: boolean
  /** Sends on what is done. */
  handOver(): void
}

/** All operators of one task that await, together. A task without one has none of this. */
export class TaskAwaits {
  readonly unfinished = new Unfinished()
  /** The time of the partition before the record at hand was taken. */
  timeBefore = -1
  /** The task takes no record and fires no timer: it is to come to rest. */
  isHeld = false
  readonly #nodes: AwaitingNode[] = []

  /** In the order of the topology: what one hands over, a later one may take at once. */
  add(node: AwaitingNode): void {
    this.#nodes.push(node)
  }

  get inFlight(): number {
    return this.#nodes.reduce((sum, node) => sum + node.inFlight, 0)
  }

  get waiting(): number {
    return this.#nodes.reduce((sum, node) => sum + node.waiting, 0)
  }

  /** Nothing is open. */
  get isSettled(): boolean {
    return this.#nodes.every((node) => node.inFlight + node.waiting === 0)
  }

  get isFull(): boolean {
    return this.#nodes.some((node) => node.isFull)
  }

  get hasResult(): boolean {
    return this.#nodes.some((node) => node.hasResult)
  }

  handOver(): void {
    for (const node of this.#nodes) node.handOver()
  }
}
