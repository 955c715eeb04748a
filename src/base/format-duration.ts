const units = [
  { name: 'd', ms: 24 * 3_600_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'm', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const

/** In the largest unit that divides it: `25h`, `7d`, `1500ms`. */
export function formatDuration(ms: number): string {
  const unit = units.find((candidate) => ms % candidate.ms === 0)
  return ms === 0 || unit === undefined ? `${ms}ms` : `${ms / unit.ms}${unit.name}`
}
