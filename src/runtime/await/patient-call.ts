import { backoffMs } from '../../base/backoff.ts'
import type { Clock } from '../../base/clock.ts'
import type { AwaitPlan } from './await-options.ts'

export interface CallSurroundings {
  readonly clock: Clock
  /** Waits before a call is made again. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
  /** In [0, 1), for the spread of pauses. */
  readonly random: () => number
  /** Fires where nobody wants the result any more. */
  readonly signal: AbortSignal
}

/** Makes a call, within its time, and again where that is worth it. Rejects with the last error. */
export async function callPatiently<T>(
  call: (signal: AbortSignal, attempt: number) => Promise<T>,
  plan: Pick<AwaitPlan, 'timeoutMs' | 'retries' | 'backoff' | 'isWorthIt'>,
  { clock, pause, random, signal }: CallSurroundings,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withinTime((ending) => call(ending, attempt), plan.timeoutMs, { clock, signal })
    } catch (error) {
      if (signal.aborted || attempt > plan.retries || !plan.isWorthIt(error)) throw error
      await pause(backoffMs(plan.backoff, attempt, random()), signal)
      signal.throwIfAborted()
    }
  }
}

/** A call that ignores its signal is left to itself: it has failed all the same. */
async function withinTime<T>(
  call: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T> {
  const done = new AbortController()
  const late = new AbortController()
  const alarm = async (): Promise<never> => {
    await clock.sleep(timeoutMs, AbortSignal.any([signal, done.signal]))
    signal.throwIfAborted()
    const error = new Error(`the call took longer than ${timeoutMs} ms (timeoutMs)`)
    if (!done.signal.aborted) late.abort(error)
    throw error
  }
  try {
    return await Promise.race([call(AbortSignal.any([signal, late.signal])), alarm()])
  } finally {
    done.abort()
  }
}
