import { setImmediate as yieldToIo } from 'node:timers/promises'
import type { Clock } from '../base/clock.ts'

interface Sleeper {
  readonly atMs: number
  readonly owner: object | undefined
  readonly wake: () => void
}

/**
 * Time for several loops at once: everybody sleeps until whoever runs the show
 * lets time pass, and then wakes in order. Work between two sleeps takes no time.
 */
export class VirtualClock implements Clock {
  #nowMs: number
  /** By time, then by who lay down first. */
  #sleepers: Sleeper[] = []

  constructor(startMs = 1_000_000) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.sleepAs(undefined, ms, signal)
  }

  /** A sleep that is never ended once its owner is forgotten. */
  sleepAs(owner: object | undefined, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }
    const sleeper: Sleeper = { atMs: this.#nowMs + Math.max(0, ms), owner, wake }
    const onAbort = (): void => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
      resolve()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    this.#lieDown(sleeper)
    return promise
  }

  /** Whoever is dead does not wake. */
  forget(owner: object): void {
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.owner !== owner)
  }

  /** Lets `ms` pass: every sleeper due in it wakes at its own time, and what it does next is done before the next one wakes. */
  async pass(ms: number): Promise<void> {
    await this.passUntil(() => false, ms)
  }

  /** Lets time pass until `isSo`, asked after each that wakes, but no longer than `ms`. Tells whether it came to be so. */
  async passUntil(isSo: () => boolean, ms: number): Promise<boolean> {
    const endMs = this.#nowMs + ms
    await settle()
    while (!isSo()) {
      const [next] = this.#sleepers
      if (next === undefined || next.atMs > endMs) {
        this.#nowMs = endMs
        return isSo()
      }
      this.#sleepers.shift()
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.wake()
      await settle()
    }
    return true
  }

  #lieDown(sleeper: Sleeper): void {
    let place = this.#sleepers.length
    while (place > 0 && (this.#sleepers[place - 1]?.atMs ?? 0) > sleeper.atMs) place -= 1
    this.#sleepers.splice(place, 0, sleeper)
  }
}

/** Everything that can go on without time passing has gone on: promises run out before the next turn of the loop. */
async function settle(): Promise<void> {
  await yieldToIo()
}
