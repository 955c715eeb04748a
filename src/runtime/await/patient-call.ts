import { backoffMs } from '../../base/backoff.ts'
import type { Attempts, Ending } from './attempts.ts'
import type { AwaitPlan } from './await-options.ts'

interface CallSurroundings {
  readonly attempts: Attempts
  /** Waits before a call is made again. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
  /** In [0, 1), for the spread of pauses. */
  readonly random: () => number
}

/** Makes a call, within its time, and again where that is worth it. Rejects with the last error. */
export async function callPatiently<T>(
  call: (ending: Ending, attempt: number) => Promise<T>,
  plan: Pick<AwaitPlan, 'retries' | 'backoff' | 'isWorthIt'>,
  { attempts, pause, random }: CallSurroundings,
): Promise<T> {
  const { closing } = attempts
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attempts.run((ending) => call(ending, attempt))
    } catch (error) {
      if (closing.aborted || attempt > plan.retries || !plan.isWorthIt(error)) throw error
      await pause(backoffMs(plan.backoff, attempt, random()), closing)
      closing.throwIfAborted()
    }
  }
}
