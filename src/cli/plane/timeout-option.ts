import { parseDuration } from '../../base/duration.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import type { Given } from '../command.ts'

const usualMs = 300_000

/** `--timeout 90s`; five minutes unless given. */
export function timeoutOf({ options }: Given): Result<number, string> {
  const given = options['timeout']
  if (typeof given !== 'string') return ok(usualMs)
  const parsed = parseDuration(given)
  return parsed.ok ? ok(parsed.value) : fail(`--timeout ${given}: write a duration such as 90s or 5m`)
}
