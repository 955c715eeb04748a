import { fail, ok, type Result } from './result.ts'

/** As a person writes it: `24h`, `7d`, `90m`, `30s`, `500ms`, or a whole number of milliseconds. */
export type DurationText = string | number

/** What a schema may check with. Weeks are left out: Heroku's own CLI has none. */
export const durationPattern = '^[1-9][0-9]{0,14}(ms|s|m|h|d)?$'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export function parseDuration(text: DurationText): Result<number, string> {
  const [, digits, unit] = /^([1-9]\d{0,14})(ms|s|m|h|d)?$/.exec(String(text)) ?? []
  const ms = Number(digits) * (unitMs[unit ?? 'ms'] ?? Number.NaN)
  return Number.isSafeInteger(ms)
    ? ok(ms)
    : fail(`${JSON.stringify(text)} is not a duration; write 24h, 7d, 90m, 30s, or a whole number of milliseconds`)
}
