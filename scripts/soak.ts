import { runByName } from './run-by-name.ts'
import type { Soak } from './soak/soak.ts'

/** A soak ends well or badly: exit 0 or 1. */
const verdictOf = ({ summary, usage, run }: Soak) => ({
  summary,
  usage,
  run: async (...words: Parameters<Soak['run']>) => ((await run(...words)) ? 0 : 1),
})

/**
 * `npm run soak -- NAME`: long runs with faults on a real broker, and a verdict. Each is a module of its own with a line
 * in this table. docs/how-to/soak.md tells more.
 */
await runByName('soak', {
  smoke: async () => verdictOf((await import('./soak/smoke.ts')).soak),
  eos: async () => verdictOf((await import('./soak/eos.ts')).soak),
  failover: async () => verdictOf((await import('./soak/failover.ts')).soak),
  takeover: async () => verdictOf((await import('./soak/takeover.ts')).soak),
  'control-plane': async () => verdictOf((await import('./soak/control/control-plane.ts')).soak),
  api: async () => verdictOf((await import('./soak/api.ts')).soak),
})
