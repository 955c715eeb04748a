import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fail, ok, type Result } from '../base/result.ts'
import { registerSelfImport } from '../host/self-import.ts'
import { parseDescription } from '../topology/parse-description.ts'
import type { TopologyHints } from '../topology/topology-hints.ts'
import type { CliCommand } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { renderTopologyYaml } from './render-topology-yaml.ts'

type Output = 'text' | 'json' | 'yaml'

/** `weir topology describe FILE`: the text that goes under `spec.topology.describe`, or all of `spec.topology`. */
export const topologyDescribe: CliCommand = {
  define: (command) =>
    command
      .argument('<file>', 'a .ts or .js file whose default export, or export named "topology", has describe()')
      .option(
        '-o, --output <format>',
        'text, yaml for spec.topology of a manifest, or json for the text as data',
        'text',
      )
      .addHelpText(
        'after',
        '\nExamples:\n  weir topology describe examples/word-count/topology.ts\n  weir topology describe topology.ts -o yaml',
      ),

  run: async ({ args, options }, { cwd, stdout, stderr }) => {
    const output = options['output']
    if (!isOutput(output)) {
      stderr.write(`weir topology describe: -o takes text, yaml or json, not ${String(output)}\n`)
      return exitCodes.invalid
    }
    const described = await topologyIn(resolve(cwd, args[0] ?? ''))
    const rendered = described.ok ? render(described.value, output) : described
    if (!rendered.ok) {
      stderr.write(`weir topology describe: ${rendered.error}\n`)
      return exitCodes.invalid
    }
    stdout.write(rendered.value)
    return exitCodes.ok
  },
}

function isOutput(value: unknown): value is Output {
  return value === 'text' || value === 'json' || value === 'yaml'
}

function render({ text, hints }: DescribedTopology, output: Output): Result<string, string> {
  if (output === 'text') return ok(text)
  const description = parseDescription(text)
  if (!description.ok) {
    return fail('what describe() returned does not read like Topology#describe(); see it with -o text')
  }
  return ok(
    output === 'json'
      ? `${JSON.stringify(description.value, undefined, 2)}\n`
      : renderTopologyYaml(text, description.value, hints),
  )
}

interface DescribedTopology {
  readonly text: string
  /** Nothing where the topology is not one of ours. */
  readonly hints: TopologyHints
}

/** Runs the user's file, as a worker would, and asks its topology. */
async function topologyIn(path: string): Promise<Result<DescribedTopology, string>> {
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
      ? ok({ text, hints: hasHints(topology) ? topology.hints() : noHints })
      : fail(`${path}: describe() returned ${typeof text}, not the text of the topology`)
  } catch (error) {
    return fail(`${path}: describe() failed:\n${error instanceof Error ? error.stack : String(error)}`)
  }
}

function isDescribable(value: unknown): value is { describe(): unknown } {
  return typeof value === 'object' && value !== null && 'describe' in value && typeof value.describe === 'function'
}

const noHints: TopologyHints = { stores: [], repartitions: [] }

/** Every topology of this package has them; it cannot be named here, since a command knows no runtime. */
function hasHints(value: object): value is { hints(): TopologyHints } {
  return 'hints' in value && typeof value.hints === 'function'
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
