import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { fail, ok, type Result } from '../../base/result.ts'
import { systemClock } from '../../host/system-clock.ts'
import type { CliCommand, Given } from '../command.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import type { Around } from '../terminal.ts'
import { readKubeconfig, type PlaneAddress } from './plane-address.ts'
import { PlaneClient } from './plane-client.ts'

/** What a command of the control plane works with. */
export interface PlaneWork {
  readonly client: PlaneClient
  readonly namespace: string
  readonly given: Given
  readonly around: Around
}

export type PlaneRun = (work: PlaneWork) => Promise<ExitCode>

export interface PlaneCommand {
  readonly example: string
  readonly options: (command: Command) => void
  readonly run: PlaneRun
}

/** A command that asks the control plane and nobody else. */
export function planeCommand({ example, options, run }: PlaneCommand): CliCommand {
  return {
    define: (command) => {
      options(withNamespace(command).addHelpText('after', `\nExample:\n  ${example}`))
    },
    run: (given, around) => askPlane(run, given, around),
  }
}

export function withNamespace(command: Command): Command {
  return command.option('-n, --namespace <name>', 'namespace; unless given, the one of the kubeconfig')
}

/** Opens the control plane that the kubeconfig names, and runs a command on it. */
export async function askPlane(run: PlaneRun, given: Given, around: Around): Promise<ExitCode> {
  const address = await findPlane(around)
  if (!address.ok) {
    around.stderr.write(`weir: ${address.error}\n`)
    return exitCodes.unreachable
  }
  const client = new PlaneClient(address.value, systemClock, (text) => around.stderr.write(`Warning: ${text}\n`))
  try {
    const namespace = given.options['namespace']
    return await run({
      client,
      namespace: typeof namespace === 'string' ? namespace : address.value.namespace,
      given,
      around,
    })
  } finally {
    client.close()
  }
}

async function findPlane(around: Around): Promise<Result<PlaneAddress, string>> {
  const found = await readKubeconfigFile(around)
  if (!found.ok) return found
  const address = readKubeconfig(found.value.text)
  return address.ok ? address : fail(`the kubeconfig ${found.value.file} cannot be used: ${address.error}`)
}

/** Whether the Heroku CLI's plugin runs us: its flags are others. */
function isUnderHeroku(env: Around['env']): boolean {
  return env['WEIR_SPOKEN_AS'] === 'heroku streams'
}

export interface KubeconfigFile {
  readonly file: string
  readonly text: string
}

/** The file that `WEIR_KUBECONFIG`, else `KUBECONFIG`, names. */
export async function readKubeconfigFile({ env }: Pick<Around, 'env'>): Promise<Result<KubeconfigFile, string>> {
  const file = env['WEIR_KUBECONFIG'] ?? env['KUBECONFIG']
  if (file === undefined || file === '') {
    const otherwise = isUnderHeroku(env)
      ? 'name a manifest with --manifest FILE to work with Heroku alone'
      : 'add --direct to work with HEROKU_API_KEY and no control plane'
    return fail(`no control plane is named. Set WEIR_KUBECONFIG to its kubeconfig, or ${otherwise}`)
  }
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? fail(`the kubeconfig ${file} cannot be read`) : ok({ file, text })
}
