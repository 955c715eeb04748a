import { parseArgs } from 'node:util'
import { runEos } from './soak/eos.ts'
import { nameOf, runSmoke, smokeCases } from './soak/smoke.ts'

/** `npm run soak -- smoke|eos`: long runs with faults, and a verdict on every record. docs/how-to/soak.md tells more. */
const usage = `usage: npm run soak -- smoke [--only TEXT]
       npm run soak -- eos [--minutes 10] [--seed NUMBER]
`
const startedMs = performance.now()

function tell(text: string): void {
  console.log(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${text}`)
}

// What was started ends with us: see `Stage`.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

process.exitCode = await main()

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', default: '' },
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  })
  if (positionals[0] === 'smoke') return smoke(values.only)
  if (positionals[0] === 'eos') return eos(Number(values.minutes), Number(values.seed))
  process.stderr.write(usage)
  return 2
}

async function smoke(only: string): Promise<number> {
  let failed = 0
  for (const smokeCase of smokeCases.filter((one) => nameOf(one).includes(only))) {
    tell(`smoke: ${nameOf(smokeCase)}`)
    const { verdict, words, folder } = await runSmoke(smokeCase, tell)
    if (verdict !== 'SUCCESS') for (const line of words) tell(`  ${line}`)
    tell(`${verdict}  ${nameOf(smokeCase)}`)
    if (folder !== undefined) tell(`the logs are kept in ${folder}`)
    if (verdict === 'FAILURE') failed += 1
  }
  return failed === 0 ? 0 : 1
}

async function eos(minutes: number, seed: number): Promise<number> {
  tell(`eos: ${minutes} minutes, seed ${seed}`)
  const { success, summary, folder } = await runEos({ seconds: minutes * 60, seed, perSecond: 300, tell })
  for (const line of summary) tell(`  ${line}`)
  tell(`${success ? 'SUCCESS' : 'FAILURE'}  eos, seed ${seed}`)
  if (folder !== undefined) tell(`the logs are kept in ${folder}`)
  return success ? 0 : 1
}
