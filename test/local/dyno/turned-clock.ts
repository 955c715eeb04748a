import type { Clock } from '../../../src/base/clock.ts'

/** A clock that stands until it is turned; who sleeps wakes in the order of the hour. */
export class TurnedClock implements Clock {
  #nowMs = 1_000_000
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>()

  now(): number {
    return this.#nowMs
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper = { atMs: this.#nowMs + ms, wake: () => (this.#sleepers.delete(sleeper), resolve()) }
      this.#sleepers.add(sleeper)
      signal.addEventListener('abort', sleeper.wake, { once: true })
    })
  }

  async turn(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    for (;;) {
      await settled()
      const next = [...this.#sleepers].toSorted((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined || next.atMs > untilMs) break
      this.#nowMs = next.atMs
      next.wake()
    }
    this.#nowMs = untilMs
    await settled()
  }
}

/** Everything that can go on without time has gone on. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
