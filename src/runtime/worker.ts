import type { Clock } from '../base/clock.ts'
import type { StreamFailure } from '../kafka/stream-failure.ts'

/** What one turn needs. Each step is a folder of its own; the worker only knows their order, and that trouble ends a turn. */
export interface Steps {
  readonly poll: (signal: AbortSignal) => Promise<StreamFailure | undefined>
  readonly restore: (signal: AbortSignal) => Promise<StreamFailure | undefined>
  readonly process: () => Promise<StreamFailure | undefined>
  readonly punctuate: (nowMs: number) => void
  readonly commitIfDue: (nowMs: number) => Promise<StreamFailure | undefined>
  /** Waits, joins again, or starts over, as the failure says. Throws what nothing helps against. */
  readonly recover: (failure: StreamFailure, signal: AbortSignal) => Promise<void>
  /** Commits what is processed and not yet committed, closes the stores, leaves the group. */
  readonly stop: () => Promise<void>
  /** Closes the stores without a commit, and leaves the group. */
  readonly abandon: () => Promise<void>
}

/**
 * poll → restore → process → punctuate → commit, until told to stop.
 *
 * Invariants
 *   W1  A commit covers only records whose processing has ended.
 *   W2  Stopping ends the turn in progress, commits, closes the stores, leaves the group, and only then returns.
 *   W3  A failed turn commits nothing more: what it left open is read again.
 *   W4  A task processes nothing before its stores are at the end of their changelogs.
 *   W5  A commit goes caches → broker's word for every record → offsets of the group → stores.
 *   W6  A task that is given away is committed before the group is joined again, and closed before another is opened.
 *   W7  An error of the topology closes everything without a commit, and is the worker's end.
 */
export async function runWorker(steps: Steps, clock: Clock, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted) {
      const trouble = await takeTurn(steps, clock, signal)
      if (trouble !== undefined) await steps.recover(trouble, signal)
    }
    await steps.stop()
  } catch (error) {
    await steps.abandon()
    throw error
  }
}

async function takeTurn(steps: Steps, clock: Clock, signal: AbortSignal): Promise<StreamFailure | undefined> {
  const trouble = (await steps.poll(signal)) ?? (await steps.restore(signal)) ?? (await steps.process())
  if (trouble !== undefined) return trouble
  steps.punctuate(clock.now())
  return steps.commitIfDue(clock.now())
}
