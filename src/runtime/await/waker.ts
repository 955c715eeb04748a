/** Ends a wait early. Waking when nobody waits is not remembered: look before you wait. */
export class Waker {
  #waiting: AbortController | undefined

  wake(): void {
    this.#waiting?.abort()
  }

  /** Waits with a signal that fires with the one given, or when woken. */
  async whileAsleep<T>(signal: AbortSignal, wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const woken = new AbortController()
    this.#waiting = woken
    try {
      return await wait(AbortSignal.any([signal, woken.signal]))
    } finally {
      this.#waiting = undefined
    }
  }
}
