import { backoffMs } from '../../base/backoff.ts'
import type { Clock } from '../../base/clock.ts'
import { ok, type Result } from '../../base/result.ts'
import type { HerokuFailure } from '../../heroku/failure.ts'

const pauses = { firstMs: 200, ceilingMs: 5_000 }

/** Looks, later each time, until there is an answer; undefined once the time is over or the signal has fired. */
export function untilWithin(withinMs: number, clock: Clock, signal: AbortSignal) {
  const endMs = clock.now() + withinMs
  return async <T>(
    look: () => Promise<Result<T | undefined, HerokuFailure>>,
  ): Promise<Result<T | undefined, HerokuFailure>> => {
    for (let attempt = 0; ; attempt += 1) {
      const seen = await look()
      if (!seen.ok || seen.value !== undefined) return seen
      if (clock.now() >= endMs || signal.aborted) return ok(undefined)
      await clock.sleep(backoffMs(pauses, attempt, 0.5), signal)
    }
  }
}
