import type { Clock } from '../../base/clock.ts'
import type { CallGate } from '../../heroku/http-client.ts'
import type { RequestBudget } from './request-budget.ts'

/** Calls would go out under a lease that is no longer ours. The term is over; nothing was sent. */
class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** Lets calls out while the lease holds: checked at each, since a process may have been stopped for a minute. */
export function leaseGate(isHeld: () => boolean): CallGate {
  return {
    admit: (call) => {
      if (!isHeld()) throw new LeaseLost(`${call} was not sent: another controller may be leading`)
      return undefined
    },
    answered: () => undefined,
  }
}

/** Lets calls out while the account has any left, and keeps count of them. */
export function budgetGate(budget: RequestBudget, clock: Clock): CallGate {
  let inFlight = 0
  return {
    admit: (call) => {
      const now = clock.now()
      const allowance = budget.ask('person', now)
      if (allowance.kind === 'wait') return { kind: 'rate-limited', call, retryAfterMs: allowance.untilMs - now }
      inFlight += 1
      budget.spend(now)
      return undefined
    },
    answered: (remaining) => {
      inFlight = Math.max(0, inFlight - 1)
      if (remaining !== undefined) budget.learn(remaining, inFlight, clock.now())
    },
  }
}

/** Both gates in turn; the second is not asked where the first refuses. */
export function bothGates(first: CallGate, second: CallGate): CallGate {
  return {
    admit: (call) => first.admit(call) ?? second.admit(call),
    answered: (remaining) => {
      first.answered(remaining)
      second.answered(remaining)
    },
  }
}
