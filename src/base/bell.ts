import type { Clock } from './clock.ts'

/** Wakes whoever waits for "something happened, or time is up". Ringing it with nobody there is not remembered. */
export class Bell {
  #heard = Promise.withResolvers<void>()

  ring(): void {
    const { resolve } = this.#heard
    this.#heard = Promise.withResolvers<void>()
    resolve()
  }

  /** Ends at the next ring, after `ms`, or when the signal fires, whichever is first. Never rejects. */
  async wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const { promise } = this.#heard
    const rung = new AbortController()
    const stopped = AbortSignal.any([signal, rung.signal])
    await Promise.race([promise, clock.sleep(ms, stopped)])
    rung.abort()
  }
}
