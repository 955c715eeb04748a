import { setImmediate as yieldToIo } from 'node:timers/promises'
import type { Clock } from '../../src/base/clock.ts'

/**
 * Time for several loops at once: everybody sleeps until the test lets time
 * pass, and then wakes in order. Work between two sleeps takes no time.
 */
export class VirtualClock implements Clock {
  #nowMs: number
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = []

  constructor(startMs = 1_000_000) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    const sleeper = { atMs: this.#nowMs + ms, wake }
    this.#sleepers.push(sleeper)
    signal.addEventListener('abort', wake, { once: true })
    return promise.finally(() => {
      signal.removeEventListener('abort', wake)
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
    })
  }

  /** Lets `ms` pass: every sleeper due in it wakes at its own time, and what it does next is done before the next one wakes. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    await settle()
    for (let next = this.#earliest(endMs); next !== undefined; next = this.#earliest(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.wake()
      await settle()
    }
    this.#nowMs = endMs
  }

  #earliest(endMs: number): { readonly atMs: number; readonly wake: () => void } | undefined {
    const [first] = this.#sleepers.toSorted((a, b) => a.atMs - b.atMs)
    return first !== undefined && first.atMs <= endMs ? first : undefined
  }
}

/** Everything that can go on without time passing has gone on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await yieldToIo()
}
