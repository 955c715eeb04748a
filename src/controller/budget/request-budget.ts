import type { Priority } from '../queue/work-queue.ts'

/** Heroku's bucket of one account: Dev Center, "Platform API Reference", Rate limits. */
export interface BucketSize {
  readonly capacity: number
  readonly refillPerMinute: number
}

/** 4,500 calls, about 75 more a minute: the same page. */
export const herokuBucket: BucketSize = { capacity: 4_500, refillPerMinute: 75 }

/** What must be left for a pass of that priority to begin: whatever else happens, a person is served. */
export type Reserves = Readonly<Record<Priority, number>>

export type Allowance = { readonly kind: 'go' } | { readonly kind: 'wait'; readonly untilMs: number }

/**
 * One account's calls to Heroku, shared by everything that calls with its key.
 *
 * It counts for itself between answers, since answers may come late or not at
 * all, and believes Heroku's `RateLimit-Remaining` whenever one comes.
 *
 * Invariants
 *   B1  It never believes in more than Heroku last said, plus what was refilled since, minus what was sent since.
 *   B2  A pass waits exactly until its reserve will be there, and no longer.
 */
export class RequestBudget {
  readonly #size: BucketSize
  readonly #reserves: Reserves
  #tokens: number
  #atMs: number

  constructor(size: BucketSize, reserves: Reserves, nowMs: number) {
    this.#size = size
    this.#reserves = reserves
    this.#tokens = size.capacity
    this.#atMs = nowMs
  }

  remaining(nowMs: number): number {
    this.#refill(nowMs)
    return Math.floor(this.#tokens)
  }

  /** Whether a pass may begin. */
  ask(priority: Priority, nowMs: number): Allowance {
    this.#refill(nowMs)
    const missing = this.#reserves[priority] - this.#tokens
    if (missing <= 0) return { kind: 'go' }
    return { kind: 'wait', untilMs: nowMs + Math.ceil((missing / this.#size.refillPerMinute) * 60_000) }
  }

  /** A call goes out. */
  spend(nowMs: number): void {
    this.#refill(nowMs)
    this.#tokens = Math.max(0, this.#tokens - 1)
  }

  /** An answer said what is left; `inFlight` calls that were sent since may not be in it yet. */
  learn(remaining: number, inFlight: number, nowMs: number): void {
    this.#tokens = Math.min(this.#size.capacity, Math.max(0, remaining - inFlight))
    this.#atMs = nowMs
  }

  /** Below this share of a full bucket resyncs are stretched: 1 when full, growing to `most` when empty. */
  stretch(nowMs: number, { below, most }: { readonly below: number; readonly most: number }): number {
    this.#refill(nowMs)
    const share = this.#tokens / this.#size.capacity
    return share >= below ? 1 : 1 + (most - 1) * (1 - share / below)
  }

  #refill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#atMs)
    this.#tokens = Math.min(this.#size.capacity, this.#tokens + (passedMs / 60_000) * this.#size.refillPerMinute)
    this.#atMs = Math.max(this.#atMs, nowMs)
  }
}
