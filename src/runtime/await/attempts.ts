import type { Clock } from '../../base/clock.ts'

/** Ends a call. Its signal is made when somebody asks for it: most calls never look. */
export class Ending {
  #controller: AbortController | undefined
  #reason: { readonly error: Error } | undefined

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason.error)
    return this.#controller.signal
  }

  end(error: Error): void {
    this.#reason = { error }
    this.#controller?.abort(error)
  }
}

interface Attempt {
  readonly endMs: number
  readonly giveUp: (error: Error) => void
}

/**
 * The calls of one operator that are under way, each with its time. All of them may take as long, so the oldest is
 * over first, and one timer serves for all.
 */
export class Attempts {
  readonly #timeoutMs: number
  readonly #clock: () => Clock
  /** In the order in which they began. */
  readonly #open = new Set<Attempt>()
  readonly #closing = new AbortController()
  #isWatched = false

  constructor(timeoutMs: number, clock: () => Clock) {
    this.#timeoutMs = timeoutMs
    this.#clock = clock
  }

  /** Fires when nobody wants any result any more. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** A call that ignores its signal is left to itself: it has failed all the same. */
  async run<T>(call: (ending: Ending) => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const ending = new Ending()
    const attempt: Attempt = {
      endMs: this.#clock().now() + this.#timeoutMs,
      giveUp: (error) => {
        ending.end(error)
        reject(error)
      },
    }
    this.#open.add(attempt)
    this.#watch()
    call(ending).then(resolve, reject)
    try {
      return await promise
    } finally {
      this.#open.delete(attempt)
    }
  }

  close(error: Error): void {
    this.#closing.abort(error)
    for (const attempt of this.#open) attempt.giveUp(error)
    this.#open.clear()
  }

  #watch(): void {
    if (this.#isWatched) return
    this.#isWatched = true
    // The owner is this object: it ends with the last call, or when it is closed, and does not reject.
    void this.#endLate()
  }

  async #endLate(): Promise<void> {
    const clock = this.#clock()
    for (let [oldest] = this.#open; oldest !== undefined; [oldest] = this.#open) {
      const leftMs = oldest.endMs - clock.now()
      if (leftMs > 0) await clock.sleep(leftMs, this.#closing.signal)
      else {
        this.#open.delete(oldest)
        oldest.giveUp(new Error(`the call took longer than ${this.#timeoutMs} ms (timeoutMs)`))
      }
    }
    this.#isWatched = false
  }
}
