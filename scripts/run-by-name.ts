/** Says how far it is, with the time since the start before it. */
export type Tell = (text: string) => void

/** One of a command's programs. It is loaded only when it is asked for. */
export interface Program {
  /** One line for the list. */
  readonly summary: string
  /** What may stand behind the name, in the form of a usage line; empty for nothing. */
  readonly usage: string
  /** The exit code. */
  readonly run: (args: readonly string[], tell: Tell) => Promise<number>
}

/** What is asked for makes no sense. The command prints it with the usage. */
export class UsageError extends Error {}

/** `npm run COMMAND -- NAME …`: runs the program of that name, and ends with its exit code, or 2 for what was not understood. */
export async function runByName(
  command: string,
  programs: Readonly<Record<string, () => Promise<Program>>>,
): Promise<void> {
  // What was started ends with us.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  process.exitCode = await codeOf(command, programs)
}

async function codeOf(command: string, programs: Readonly<Record<string, () => Promise<Program>>>): Promise<number> {
  const [name = '', ...args] = process.argv.slice(2)
  const load = Object.hasOwn(programs, name) ? programs[name] : undefined
  if (load === undefined) {
    const unknown = name === '' ? '' : `there is no ${command} ${name}\n`
    process.stderr.write(`${unknown}${await usage(command, programs)}`)
    return 2
  }
  const program = await load()
  try {
    return await program.run(args, teller())
  } catch (error) {
    if (!isUsageError(error)) throw error
    process.stderr.write(`${error.message}\nusage: npm run ${command} -- ${name} ${program.usage}\n`)
    return 2
  }
}

function teller(): Tell {
  const startedMs = performance.now()
  return (text) => console.log(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${text}`)
}

async function usage(command: string, programs: Readonly<Record<string, () => Promise<Program>>>): Promise<string> {
  const lines = await Promise.all(
    Object.entries(programs).map(async ([name, load]) => {
      const { summary, usage: rest } = await load()
      return `  ${`${name} ${rest}`.trim()}\n      ${summary}\n`
    }),
  )
  return `usage: npm run ${command} -- NAME\n${lines.join('')}`
}

/** Ours, or what `parseArgs` throws. */
function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
