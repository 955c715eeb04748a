import type { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fail, ok, type Result } from '../../base/result.ts'
import type { Given } from '../command.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import type { Around } from '../terminal.ts'
import type { ImportChoices } from './hand-run-app.ts'

/** The options by which a person says what cannot be found. */
export function withChoices(command: Command): Command {
  return command
    .option('--name <name>', 'metadata.name; the application name unless given')
    .option('--application-name <name>', "application.id without the cluster's prefix, where it cannot be told")
    .option('--process <type>', 'process type that runs the stream app, where there are several')
    .option(
      '--source <topic>',
      'a topic that the app reads; may be repeated',
      (topic: string, before: string[] | undefined) => [...(before ?? []), topic],
    )
    .option('--describe <file>', 'the text that Topology#describe() prints, instead of operators by hand')
}

export async function choicesOf({ options }: Given, { cwd }: Around): Promise<Result<ImportChoices, string>> {
  const { name, applicationName, process, source, describe } = options
  const file = typeof describe === 'string' ? resolve(cwd, describe) : undefined
  const text = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined)
  if (file !== undefined && text === undefined) return fail(`--describe ${file} cannot be read`)
  return ok({
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof applicationName === 'string' ? { applicationName } : {}),
    ...(typeof process === 'string' ? { process } : {}),
    ...(Array.isArray(source) ? { sources: source.map(String) } : {}),
    ...(text === undefined ? {} : { describe: text }),
  })
}

export function sayChoiceError(title: string, message: string, { stderr }: Pick<Around, 'stderr'>): ExitCode {
  stderr.write(`${title}: ${message}\n`)
  return exitCodes.invalid
}
