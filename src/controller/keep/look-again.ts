import type { Change } from '../plan/change.ts'
import type { Verdict } from './work.ts'

/** While something is being made or is starting, it is looked at again this soon. */
export const soonMs = 2_000

/**
 * When to look at what is not level yet. What was just done shows soon. What only Heroku or the app can bring about is
 * looked at less and less often: each look costs calls, and one app that never starts must not use up the account's.
 */
export function lookAgain(done: readonly Change[], nowMs: number): Verdict {
  return done.length > 0 ? { kind: 'settled', againAfterMs: soonMs } : { kind: 'retry', notBeforeMs: nowMs + soonMs }
}
