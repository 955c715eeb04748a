import { systemClock } from '../../src/host/system-clock.ts'

export interface Poll<T> {
  /** For the message of a wait in vain: "the build to end". */
  readonly what: string
  readonly withinMs: number
  readonly everyMs?: number
  /** Null: not yet. */
  readonly look: () => Promise<T | null>
  /** What was last seen, for the same message. */
  readonly seen?: () => string
}

/** Looks until there is an answer. A wait in vain throws and says what was seen last. */
export async function poll<T>({ what, withinMs, everyMs = 100, look, seen }: Poll<T>, signal: AbortSignal): Promise<T> {
  const deadlineMs = systemClock.now() + withinMs
  for (;;) {
    signal.throwIfAborted()
    const found = await look()
    if (found !== null) return found
    if (systemClock.now() >= deadlineMs) {
      throw new Error(
        `waited ${withinMs / 1_000} s in vain for ${what}${seen === undefined ? '' : `; last seen: ${seen()}`}`,
      )
    }
    await systemClock.sleep(everyMs, signal)
  }
}
