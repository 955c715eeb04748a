import type { Clock } from '../base/clock.ts'

/** A clock that stands still until it is turned. */
export class TurnedClock implements Clock {
  readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>()
  #nowMs: number

  constructor(nowMs: number) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const sleeper = { untilMs: this.#nowMs + ms, wake: resolve }
    this.#sleepers.add(sleeper)
    signal.addEventListener('abort', () => resolve(), { once: true })
    await promise
    this.#sleepers.delete(sleeper)
  }

  turn(ms: number): void {
    this.#nowMs += ms
    for (const { untilMs, wake } of this.#sleepers) if (untilMs <= this.#nowMs) wake()
  }
}
