import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../base/clock.ts'
import { Secret } from '../../base/secret.ts'
import { hashOf, type Authenticate } from './authenticate.ts'
import type { User } from './roles.ts'

/** Between two looks at who is still known. */
const lookEveryMs = 5_000

interface Holder {
  readonly token: Secret
  /** As it was when it was allowed. */
  readonly user: User
  readonly ends: Set<AbortController>
}

/**
 * Watches and logs that are being followed, by who may: a token that has run out, or whose account was deleted or given
 * another role, is shown nothing more within some seconds. Its client asks again, and is told why.
 */
export class LongAnswers {
  readonly #authenticate: Authenticate
  readonly #clock: Clock
  readonly #holders = new Map<string, Holder>()

  constructor(authenticate: Authenticate, clock: Clock) {
    this.#authenticate = authenticate
    this.#clock = clock
  }

  /** Gives a signal that fires when `user` is no longer who the token is for. */
  async hold(token: string, user: User, answer: (revoked: AbortSignal) => Promise<void>): Promise<void> {
    const key = `${hashOf(token)} ${JSON.stringify(user.grants)}`
    const holder = this.#holders.get(key) ?? { token: new Secret(token), user, ends: new Set() }
    this.#holders.set(key, holder)
    const end = new AbortController()
    holder.ends.add(end)
    try {
      await answer(end.signal)
    } finally {
      holder.ends.delete(end)
      if (holder.ends.size === 0) this.#holders.delete(key)
    }
  }

  /** Looks again and again until the signal fires. */
  async keepLooking(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(lookEveryMs, signal)
      for (const { token, user, ends } of this.#holders.values()) {
        const now = this.#authenticate(token.reveal(), this.#clock.now())
        if (isDeepStrictEqual(now?.grants, user.grants)) continue
        for (const end of ends) end.abort()
      }
    }
  }
}
