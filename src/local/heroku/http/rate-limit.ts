import type { Clock } from '../../../base/clock.ts'

/** Platform API reference: 4,500 tokens an account, refilled by about 75 a minute. */
const fullBucket = 4_500
const refillPerMs = 75 / 60_000

/** The account's tokens. Each call costs one, a 304 too (unverified), `GET /account/rate-limits` none. */
export class RateLimit {
  readonly #clock: Clock
  #tokens = fullBucket
  #countedAt: number
  /** Switched off, calls cost nothing and are never refused. */
  enabled = true

  constructor(clock: Clock) {
    this.#clock = clock
    this.#countedAt = clock.now()
  }

  get tokens(): number {
    const now = this.#clock.now()
    this.#tokens = Math.min(fullBucket, this.#tokens + (now - this.#countedAt) * refillPerMs)
    this.#countedAt = now
    return Math.floor(this.#tokens)
  }

  set tokens(tokens: number) {
    this.#tokens = tokens
    this.#countedAt = this.#clock.now()
  }

  /** False when there was no token left to take. */
  take(): boolean {
    if (!this.enabled) return true
    if (this.tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
