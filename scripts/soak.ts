import { runEos } from './soak/eos.ts'
import { nameOf, runSmoke, smokeCases, type SmokeCase } from './soak/smoke.ts'

/** `npm run soak -- smoke|eos`: long runs with faults, and a verdict on every record. docs/how-to/soak.md tells more. */
const usage = `usage: npm run soak -- smoke [--only 'exactly_once_v2, kill -9']
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
  const asked = readArguments()
  if (asked?.what === 'smoke') return smoke(asked.cases)
  if (asked?.what === 'eos') return eos(asked.minutes, asked.seed)
  process.stderr.write(usage)
  return 2
}

type Asked =
  | { readonly what: 'smoke'; readonly cases: readonly SmokeCase[] }
  | { readonly what: 'eos'; readonly minutes: number; readonly seed: number }

/** Undefined where that makes no sense; a soak that did nothing must not look like one that went well. */
function readArguments(): Asked | undefined {
  const [what, ...rest] = process.argv.slice(2)
  const values = new Map<string, string>()
  for (let index = 0; index < rest.length; index += 2) values.set(rest[index] ?? '', rest[index + 1] ?? '')
  const asked = what === 'smoke' ? smokeAsked(values) : eosAsked(values)
  // Whatever is left was not understood.
  return asked?.what === what && values.size === 0 ? asked : undefined
}

function smokeAsked(values: Map<string, string>): Asked | undefined {
  const only = values.get('--only') ?? ''
  values.delete('--only')
  const cases = smokeCases.filter((one) => nameOf(one).includes(only))
  return cases.length > 0 ? { what: 'smoke', cases } : undefined
}

function eosAsked(values: Map<string, string>): Asked | undefined {
  const minutes = Number(values.get('--minutes') ?? '10')
  const seed = Number(values.get('--seed') ?? String(Date.now() % 1_000_000))
  values.delete('--minutes')
  values.delete('--seed')
  return minutes > 0 && Number.isSafeInteger(seed) ? { what: 'eos', minutes, seed } : undefined
}

async function smoke(cases: readonly SmokeCase[]): Promise<number> {
  let failed = 0
  for (const smokeCase of cases) {
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
