import type { Clock } from '../../../base/clock.ts'

/** Waits for what others bring about, for as long as there is progress: it ends when for `patienceMs` there was none. */
export class Patience {
  readonly #clock: Clock
  readonly #patienceMs: number
  readonly #signal: AbortSignal
  readonly #waiting = new Set<() => void>()
  #deadline = 0

  constructor(clock: Clock, patienceMs: number, signal: AbortSignal) {
    this.#clock = clock
    this.#patienceMs = patienceMs
    this.#signal = signal
  }

  /** Something went forward, after which it is quiet for `thenQuietMs` by intention. */
  renew(thenQuietMs = 0): void {
    this.#deadline = Math.max(this.#deadline, this.#clock.now() + thenQuietMs + this.#patienceMs)
  }

  /** Those who wait look whether it has come about. */
  wake(): void {
    for (const wake of this.#waiting) wake()
  }

  /** Answers whether `isDone` came about. */
  async waitUntil(isDone: () => boolean): Promise<boolean> {
    this.renew()
    while (!isDone()) {
      const leftMs = this.#deadline - this.#clock.now()
      if (leftMs <= 0 || this.#signal.aborted) return false
      const awake = new AbortController()
      const wake = (): void => awake.abort()
      this.#waiting.add(wake)
      await this.#clock.sleep(leftMs, AbortSignal.any([awake.signal, this.#signal]))
      this.#waiting.delete(wake)
    }
    return true
  }
}
