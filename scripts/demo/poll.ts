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
  /** A look that fails is a look that saw nothing; its failure is told if the wait is in vain. */
  readonly forgiving?: boolean
}

/** Looks until there is an answer. A wait in vain throws and says what was seen last. */
export async function poll<T>(wait: Poll<T>, signal: AbortSignal): Promise<T> {
  const { what, withinMs, everyMs = 100 } = wait
  const deadlineMs = systemClock.now() + withinMs
  for (;;) {
    signal.throwIfAborted()
    const { found, last } = await lookOnce(wait)
    if (found !== null) return found
    if (systemClock.now() >= deadlineMs) {
      throw new Error(`waited ${withinMs / 1_000} s in vain for ${what}${last === '' ? '' : `; last seen: ${last}`}`)
    }
    await systemClock.sleep(everyMs, signal)
  }
}

async function lookOnce<T>({
  look,
  seen,
  forgiving,
}: Poll<T>): Promise<{ readonly found: T | null; readonly last: string }> {
  try {
    return { found: await look(), last: seen?.() ?? '' }
  } catch (error) {
    if (forgiving !== true) throw error
    return { found: null, last: error instanceof Error ? error.message : String(error) }
  }
}
