import assert from 'node:assert/strict'

/** What `until` waits for: anything but these. */
type Nothing = false | null | undefined

/**
 * Looks until there is something to see, and returns it; fails where there is nothing within ten seconds, or as long as is said.
 * `what` names what is waited for, and may tell what was seen instead.
 */
export async function until<Seen>(
  look: () => Seen | Promise<Seen>,
  what: string | (() => string) = 'what is waited for',
  { withinMs = 10_000, everyMs = 1 }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<Exclude<Seen, Nothing>> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const seen = await look()
    if (isSomething(seen)) return seen
    assert.ok(Date.now() < deadline, `not within ${withinMs / 1_000} s: ${typeof what === 'string' ? what : what()}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

function isSomething<Seen>(seen: Seen): seen is Exclude<Seen, Nothing> {
  return seen !== false && seen !== null && seen !== undefined
}
