import { handleFailure } from '../task/error-handling.ts'
import { RunningNode } from './running-node.ts'

/** Stands before a node and hands its failures to the handler; present only where there is one. */
export class GuardNode extends RunningNode {
  readonly #name: string
  readonly #guarded: RunningNode

  constructor(name: string, guarded: RunningNode) {
    super()
    this.#name = name
    this.#guarded = guarded
  }

  override process(key: unknown, value: unknown): void {
    const context = this.context
    const { timestamp, headers } = context
    try {
      this.#guarded.process(key, value)
    } catch (error) {
      // The record's own again, whatever the failing node had made of them.
      context.timestamp = timestamp
      context.headers = headers
      handleFailure(context, 'processing', this.#name, error)
    }
  }
}
