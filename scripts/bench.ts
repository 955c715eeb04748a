import type { Bench } from './bench/bench.ts'

/**
 * `npm run bench -- NAME`: measurements, each a module of its own with a line in this table.
 * docs/how-to/bench.md tells what they measure and how to read them.
 */
const benches: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  await: () => import('./bench/await.ts'),
  controller: () => import('./bench/controller.ts'),
  dsl: () => import('./bench/dsl.ts'),
  streams: () => import('./bench/streams.ts'),
  wire: () => import('./bench/wire.ts'),
}

const startedMs = performance.now()

function tell(text: string): void {
  console.log(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${text}`)
}

// What was started ends with us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

process.exitCode = await main()

async function main(): Promise<number> {
  const [name = '', ...args] = process.argv.slice(2)
  const load = Object.hasOwn(benches, name) ? benches[name] : undefined
  if (load === undefined) {
    process.stderr.write(`${name === '' ? '' : `there is no benchmark ${name}\n`}${await usage()}`)
    return 2
  }
  const { bench } = await load()
  try {
    await bench.run(args, tell)
    return 0
  } catch (error) {
    if (!isArgumentError(error)) throw error
    process.stderr.write(`${error.message}\nusage: npm run bench -- ${name} ${bench.usage}\n`)
    return 2
  }
}

async function usage(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(benches).map(async ([name, load]) => {
      const { summary, usage: rest } = (await load()).bench
      return `  ${`${name} ${rest}`.trim()}\n      ${summary}\n`
    }),
  )
  return `usage: npm run bench -- NAME\n${lines.join('')}`
}

/** What `parseArgs` throws. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
