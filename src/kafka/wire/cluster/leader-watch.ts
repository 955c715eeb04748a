import { backoffMs } from '../../../base/backoff.ts'
import type { Backoff } from '../../../base/backoff.ts'
import type { StreamFailure } from '../../stream-failure.ts'
import type { Cluster } from './cluster.ts'

const pauses: Backoff = { firstMs: 20, ceilingMs: 1000 }

/**
 * Looks up leaders in the background, one look at a time, with pauses that grow
 * until `settle` says that things go well again.
 */
export class LeaderWatch {
  readonly #cluster: Cluster
  readonly #signal: AbortSignal
  readonly #onLook: (failure: StreamFailure | null) => void
  #attempts = 0
  #looking: Promise<void> | null = null
  #topics = new Set<string>()

  constructor(cluster: Cluster, signal: AbortSignal, onLook: (failure: StreamFailure | null) => void) {
    this.#cluster = cluster
    this.#signal = signal
    this.#onLook = onLook
  }

  /** Asks for a look; `onLook` is called after it, with what went wrong if something did. */
  look(topics: Iterable<string>): void {
    for (const topic of topics) this.#topics.add(topic)
    this.#looking ??= this.#lookWhileAsked().finally(() => {
      this.#looking = null
    })
  }

  settle(): void {
    this.#attempts = 0
  }

  async close(): Promise<void> {
    await this.#looking
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#topics.size > 0 && !this.#signal.aborted && !this.#cluster.isClosed) {
      const topics = this.#topics
      this.#topics = new Set()
      await this.#look(topics)
    }
  }

  async #look(topics: ReadonlySet<string>): Promise<void> {
    const { clock, random } = this.#cluster.options
    if (this.#attempts > 0) await clock.sleep(backoffMs(pauses, this.#attempts, random()), this.#signal)
    this.#attempts++
    const looked = await this.#cluster.refresh(topics, this.#signal)
    if (!this.#signal.aborted) this.#onLook(looked.ok ? null : looked.error)
  }
}
