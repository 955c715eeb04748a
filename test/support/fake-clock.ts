import type { Clock } from '../../src/base/clock.ts'

/** A clock whose hands move only when somebody sleeps, or a test turns them. */
export class FakeClock implements Clock {
  #nowMs = 1_000_000

  now(): number {
    return this.#nowMs
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) this.#nowMs += ms
    return Promise.resolve()
  }

  turn(ms: number): void {
    this.#nowMs += ms
  }
}
