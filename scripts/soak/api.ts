import { parseArgs } from 'node:util'
import { soakApi } from './api/soak-api.ts'
import { UsageError } from '../run-by-name.ts'
import type { Soak } from './soak.ts'

export const soak: Soak = {
  summary:
    'the API and its Postgres restarted and killed under writes, 100 watches open: every watcher ends with the exact set',
  usage: '[--restarts 50] [--watchers 100] [--seed NUMBER]',
  async run(args, tell) {
    const { values } = parseArgs({
      args: [...args],
      options: { restarts: { type: 'string' }, watchers: { type: 'string' }, seed: { type: 'string' } },
    })
    const restarts = Number(values.restarts ?? '50')
    const watchers = Number(values.watchers ?? '100')
    const seed = Number(values.seed ?? String(Date.now() % 1_000_000))
    if (!Number.isSafeInteger(restarts) || !Number.isSafeInteger(watchers) || !Number.isSafeInteger(seed)) {
      throw new UsageError('restarts, watchers and seed are numbers')
    }
    tell(`api: ${restarts} restarts, ${watchers} watchers, seed ${seed}`)
    const { success, summary } = await soakApi({ restarts, watchers, seed, tell })
    for (const line of summary) tell(`  ${line}`)
    tell(`${success ? 'SUCCESS' : 'FAILURE'}  api, seed ${seed}`)
    return success
  },
}
