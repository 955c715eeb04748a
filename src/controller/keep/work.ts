import type { Bell } from '../../base/bell.ts'
import type { Clock } from '../../base/clock.ts'
import { unreachable } from '../../base/unreachable.ts'
import type { Priority, WorkQueue } from '../queue/work-queue.ts'

/** What a pass over one object asks of the queue. */
export type Verdict =
  /** Level, or waiting for a person: nothing to do before the next resync, or before `againAfterMs`. */
  | { readonly kind: 'settled'; readonly againAfterMs?: number }
  /** Not yet: come back, later each time, and not before `notBeforeMs` (a time, 0 for no bound). */
  | { readonly kind: 'retry'; readonly notBeforeMs: number }
  /** The object is no more. */
  | { readonly kind: 'gone' }

export interface WorkSurroundings {
  readonly queue: WorkQueue
  /** Rung when something was added to the queue. */
  readonly bell: Bell
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly chance: () => number
  readonly pass: (key: string, signal: AbortSignal) => Promise<Verdict>
  /** A pass that threw: a bug, or the record out of reach. The key is tried again. */
  readonly onThrown: (key: string, cause: unknown) => void
  readonly onPassed?: (key: string, outcome: Verdict | 'thrown', tookMs: number) => void
}

/** With nothing delayed, a worker still looks up now and then: no lost ring can stop it for good. */
const longestNapMs = 60_000

/**
 * `workers` passes side by side, never two over one object, until told to stop.
 * Stopping hands the signal to the passes in progress and waits for them.
 */
export async function work(workers: number, around: WorkSurroundings, signal: AbortSignal): Promise<void> {
  await Promise.all(Array.from({ length: workers }, () => workOne(around, signal)))
}

async function workOne(around: WorkSurroundings, signal: AbortSignal): Promise<void> {
  const { queue, bell, clock } = around
  while (!signal.aborted) {
    const key = queue.take(clock.now())
    if (key === undefined) {
      const napMs = (queue.nextDueMs ?? Infinity) - clock.now()
      await bell.wait(Math.min(longestNapMs, Math.max(1, napMs)), clock, signal)
    } else {
      settle(key, await passOver(key, around, signal), around)
      bell.ring()
    }
  }
}

async function passOver(
  key: string,
  { pass, clock, onThrown, onPassed }: WorkSurroundings,
  signal: AbortSignal,
): Promise<Verdict> {
  const startedMs = clock.now()
  try {
    const verdict = await pass(key, signal)
    onPassed?.(key, verdict, clock.now() - startedMs)
    return verdict
  } catch (cause) {
    onThrown(key, cause)
    onPassed?.(key, 'thrown', clock.now() - startedMs)
    return { kind: 'retry', notBeforeMs: 0 }
  }
}

const laterLook: Priority = 'resync'

function settle(key: string, verdict: Verdict, { queue, clock, chance }: WorkSurroundings): void {
  const now = clock.now()
  switch (verdict.kind) {
    case 'settled':
      queue.done(key, now)
      if (verdict.againAfterMs !== undefined) queue.add(key, laterLook, now, verdict.againAfterMs)
      return
    case 'retry':
      queue.retry(key, now, { spread: chance(), notBeforeMs: verdict.notBeforeMs })
      return
    case 'gone':
      queue.done(key, now)
      queue.forget(key)
      return
    default:
      unreachable(verdict)
  }
}
