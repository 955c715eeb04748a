import type { Bench } from './bench/bench.ts'
import { runByName } from './run-by-name.ts'

/** A target that is missed is a number, and no failure. */
const measured = ({ summary, usage, run }: Bench) => ({
  summary,
  usage,
  run: async (...words: Parameters<Bench['run']>) => {
    await run(...words)
    return 0
  },
})

/**
 * `npm run bench -- NAME`: measurements, each a module of its own with a line in this table.
 * docs/how-to/bench.md tells what they measure and how to read them.
 */
await runByName('bench', {
  api: async () => measured((await import('./bench/api.ts')).bench),
  await: async () => measured((await import('./bench/await.ts')).bench),
  controller: async () => measured((await import('./bench/controller.ts')).bench),
  dsl: async () => measured((await import('./bench/dsl.ts')).bench),
  streams: async () => measured((await import('./bench/streams.ts')).bench),
  wire: async () => measured((await import('./bench/wire.ts')).bench),
})
