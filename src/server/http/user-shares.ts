import type { Clock } from '../../base/clock.ts'
import { failure } from '../api-status.ts'
import { refusal, type Answer } from './answer.ts'

/** What one user may ask of the server, so that the others are answered, too. */
export interface UserLimits {
  /** In the long run; what was not asked for within the last four seconds may be asked for at once. */
  readonly perSecond: number
  /** Being answered at the same time; a watch counts until it has begun. */
  readonly atOnce: number
}

const burstSeconds = 4
/** A body of so many bytes is as much as a request. */
const bytesPerRequest = 32 * 1024
/** So many users are kept account of before those are forgotten who have their whole share left. */
const mostKept = 1_000

interface Share {
  tokens: number
  atMs: number
  inside: number
}

/**
 * Each user's share, kept apart: a token bucket, and a number of requests at once. Whoever has used theirs up is
 * answered as Kubernetes' API Priority and Fairness does: 429 with `Retry-After`, which client-go waits for by itself.
 */
export class UserShares {
  readonly #limits: UserLimits
  readonly #clock: Pick<Clock, 'now'>
  readonly #shares = new Map<string, Share>()

  constructor(limits: UserLimits, clock: Pick<Clock, 'now'>) {
    this.#limits = limits
    this.#clock = clock
  }

  async enter(user: string, answer: () => Promise<Answer>): Promise<Answer> {
    const share = this.#shareOf(user)
    if (share.inside >= this.#limits.atOnce) return tooMany(`${this.#limits.atOnce} requests at once`, 1)
    if (share.tokens < 1) {
      const seconds = (1 - share.tokens) / this.#limits.perSecond
      return tooMany(`${this.#limits.perSecond} requests a second`, Math.max(1, Math.ceil(seconds)))
    }
    share.tokens -= 1
    share.inside += 1
    try {
      return await answer()
    } finally {
      share.inside -= 1
    }
  }

  /** What the body of a request costs beside the request: whoever sends much waits before the next one. */
  charge(user: string, bytes: number): void {
    this.#shareOf(user).tokens -= bytes / bytesPerRequest
  }

  #shareOf(user: string): Share {
    const most = Math.max(1, this.#limits.perSecond * burstSeconds)
    const nowMs = this.#clock.now()
    const share = this.#shares.get(user) ?? { tokens: most, atMs: nowMs, inside: 0 }
    share.tokens = Math.min(most, share.tokens + (Math.max(0, nowMs - share.atMs) / 1000) * this.#limits.perSecond)
    share.atMs = nowMs
    this.#shares.set(user, share)
    if (this.#shares.size > mostKept) this.#forgetIdle(user, nowMs)
    return share
  }

  #forgetIdle(asking: string, nowMs: number): void {
    for (const [user, { inside, atMs }] of this.#shares) {
      if (user !== asking && inside === 0 && nowMs - atMs >= burstSeconds * 1000) this.#shares.delete(user)
    }
  }
}

function tooMany(most: string, retryAfterSeconds: number): Answer {
  const words = `too many requests of this user, please try again later: it may have ${most}`
  return refusal(failure('TooManyRequests', words, { retryAfterSeconds }))
}
