import type { Spread } from '../metrics/spread.ts'
import { RunningNode } from './running-node.ts'

/** Stands before a node that nothing follows, and measures how old records are once it has done with them. A sink does so itself. */
export class EndNode extends RunningNode {
  readonly #last: RunningNode
  readonly #latency: Spread

  constructor(last: RunningNode, latency: Spread) {
    super()
    this.#last = last
    this.#latency = latency
  }

  override process(key: unknown, value: unknown): void {
    this.#last.process(key, value)
    const { wallClock, timestamp } = this.context
    this.#latency.add(wallClock - timestamp)
  }
}
