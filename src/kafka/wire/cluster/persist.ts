import { backoffMs } from '../../../base/backoff.ts'
import type { Clock } from '../../../base/clock.ts'
import type { Result } from '../../../base/result.ts'
import type { StreamFailure } from '../../stream-failure.ts'

const pauses = { firstMs: 5, ceilingMs: 500 }

export interface Persistence {
  readonly clock: Clock
  readonly random: () => number
  /** 0 tries once. */
  readonly patienceMs: number
}

/** Tries until the answer is not `retry`, with pauses that grow, for `patienceMs` at most. */
export async function persist<Value>(
  { clock, random, patienceMs }: Persistence,
  attempt: () => Promise<Result<Value, StreamFailure>>,
  signal: AbortSignal,
): Promise<Result<Value, StreamFailure>> {
  const deadline = clock.now() + patienceMs
  for (let tries = 1; ; tries++) {
    const answer = await attempt()
    if (answer.ok || answer.error.kind !== 'retry') return answer
    const pauseMs = backoffMs(pauses, Math.min(tries, 12), random())
    if (signal.aborted || clock.now() + pauseMs > deadline) return answer
    await clock.sleep(pauseMs, signal)
  }
}
