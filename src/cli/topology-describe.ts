import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fail, ok, type Result } from '../base/result.ts'
import { registerSelfImport } from '../host/self-import.ts'
import { parseDescription } from '../topology/parse-description.ts'
import type { CliCommand } from './command.ts'
import { exitCodes } from './exit-code.ts'

/** `weir topology describe FILE`: the text that goes under `spec.topology.describe`. */
export const topologyDescribe: CliCommand = {
  define: (command) =>
    command
      .argument('<file>', 'a .ts or .js file whose default export, or export named "topology", has describe()')
      .option('-o, --output <format>', 'text, or json for the same as data', 'text')
      .addHelpText('after', '\nExample:\n  weir topology describe examples/word-count/topology.ts'),

  run: async ({ args, options }, { cwd, stdout, stderr }) => {
    const output = options['output']
    if (output !== 'text' && output !== 'json') {
      stderr.write(`weir topology describe: -o takes text or json, not ${String(output)}\n`)
      return exitCodes.invalid
    }
    const text = await describedBy(resolve(cwd, args[0] ?? ''))
    if (!text.ok) {
      stderr.write(`weir topology describe: ${text.error}\n`)
      return exitCodes.invalid
    }
    if (output === 'text') {
      stdout.write(text.value)
      return exitCodes.ok
    }
    const description = parseDescription(text.value)
    if (!description.ok) {
      stderr.write(
        'weir topology describe: what describe() returned does not read like Topology#describe(); see it with -o text\n',
      )
      return exitCodes.invalid
    }
    stdout.write(`${JSON.stringify(description.value, undefined, 2)}\n`)
    return exitCodes.ok
  },
}

/** Runs the user's file, as a worker would, and asks its topology. */
async function describedBy(path: string): Promise<Result<string, string>> {
  if (!existsSync(path)) return fail(`there is no file ${path}`)
  registerSelfImport()
  let exported: Readonly<Record<string, unknown>>
  try {
    const loaded: unknown = await import(pathToFileURL(path).href)
    exported = Object.fromEntries(Object.entries(Object(loaded)))
  } catch (error) {
    return fail(`${path} cannot be loaded:\n${error instanceof Error ? error.stack : String(error)}`)
  }
  const topology = [exported['default'], exported['topology']].find(isDescribable)
  if (topology === undefined) return fail(`${path} ${whatIsMissing(exported)}`)
  try {
    const text = topology.describe()
    return typeof text === 'string'
      ? ok(text)
      : fail(`${path}: describe() returned ${typeof text}, not the text of the topology`)
  } catch (error) {
    return fail(`${path}: describe() failed:\n${error instanceof Error ? error.stack : String(error)}`)
  }
}

function isDescribable(value: unknown): value is { describe(): unknown } {
  return typeof value === 'object' && value !== null && 'describe' in value && typeof value.describe === 'function'
}

function whatIsMissing(exported: Readonly<Record<string, unknown>>): string {
  const builder = [exported['default'], exported['topology']].find(
    (value) => typeof value === 'object' && value !== null && 'build' in value,
  )
  if (builder !== undefined) return 'exports a builder; export what its build() returns: export default builder.build()'
  const names = Object.keys(exported)
  const found = names.length > 0 ? `it exports ${names.join(', ')}` : 'it exports nothing'
  return `has no topology: its default export, or an export named "topology", must have describe(); ${found}`
}
