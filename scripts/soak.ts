import { UsageError, type Soak } from './soak/soak.ts'

/**
 * `npm run soak -- NAME`: long runs with faults on a real broker, and a verdict. Each is a module of its own with a line
 * in this table. docs/how-to/soak.md tells more.
 */
const soaks: Readonly<Record<string, () => Promise<{ readonly soak: Soak }>>> = {
  smoke: () => import('./soak/smoke.ts'),
  eos: () => import('./soak/eos.ts'),
  failover: () => import('./soak/failover.ts'),
  takeover: () => import('./soak/takeover.ts'),
  'control-plane': () => import('./soak/control/control-plane.ts'),
  api: () => import('./soak/api.ts'),
}

const startedMs = performance.now()

function tell(text: string): void {
  console.log(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${text}`)
}

// What was started ends with us: see `Stage`.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

process.exitCode = await main()

async function main(): Promise<number> {
  const [name = '', ...args] = process.argv.slice(2)
  const load = Object.hasOwn(soaks, name) ? soaks[name] : undefined
  if (load === undefined) {
    process.stderr.write(`${name === '' ? '' : `there is no soak ${name}\n`}${await usage()}`)
    return 2
  }
  const { soak } = await load()
  try {
    return (await soak.run(args, tell)) ? 0 : 1
  } catch (error) {
    if (!isUsageError(error)) throw error
    process.stderr.write(`${error.message}\nusage: npm run soak -- ${name} ${soak.usage}\n`)
    return 2
  }
}

async function usage(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(soaks).map(async ([name, load]) => {
      const { summary, usage: rest } = (await load()).soak
      return `  ${`${name} ${rest}`.trim()}\n      ${summary}\n`
    }),
  )
  return `usage: npm run soak -- NAME\n${lines.join('')}`
}

/** Ours, or what `parseArgs` throws. */
function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
