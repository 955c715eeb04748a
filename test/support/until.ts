import assert from 'node:assert/strict'

const withinMs = 10_000

/** Waits until something is so, and fails where it is not within ten seconds. `what` names it. */
export async function until(isSo: () => boolean, what: string | (() => string) = 'what is waited for'): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!isSo()) {
    assert.ok(Date.now() < deadline, `not within ${withinMs / 1_000} s: ${typeof what === 'string' ? what : what()}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
