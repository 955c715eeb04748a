import { dump } from 'js-yaml'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CliCommand, Given } from '../command.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import type { Around } from '../terminal.ts'
import type { ImportChoices } from './hand-run-app.ts'
import { sayChoiceError, choicesOf, withChoices } from './import-choices.ts'
import { manifestOf } from './manifest-of.ts'
import { namesNoApp, readHerokuScript, type HerokuScript } from './read-heroku-script.ts'

/** `weir import script FILE`: the manifests that a script of `heroku` commands amounts to. It is read, never run. */
export const importScript: CliCommand = {
  define: (command) =>
    withChoices(command.argument('<file>', 'shell script, or - for what is piped in'))
      .option('--app <name>', 'the app of commands that name none, or name a variable')
      .addHelpText('after', '\nExample:\n  weir import script setup.sh --app my-heroku-app > manifest.yaml'),

  run: async (given, around) => {
    const [file = ''] = given.args
    const choices = await choicesOf(given, around)
    if (!choices.ok) return sayChoiceError('weir import script', choices.error, around)
    const text = await (file === '-' ? around.stdin() : readFile(resolve(around.cwd, file))).catch(() => undefined)
    if (text === undefined) return sayChoiceError('weir import script', `${file} cannot be read`, around)
    return tellScript(file, readHerokuScript(new TextDecoder().decode(text), optionOf(given, 'app')), {
      choices: choices.value,
      around,
    })
  },
}

function tellScript(
  file: string,
  { apps, unread, notes }: HerokuScript,
  { choices, around }: { readonly choices: ImportChoices; readonly around: Around },
): ExitCode {
  for (const { line, text } of notes) around.stderr.write(`${file}:${line}: ${text}\n`)
  // A script whose app is a variable everywhere needs one answer, and no list of its lines.
  const isAppless = apps.length === 0 && unread.some(({ why }) => why === namesNoApp)
  const said = isAppless ? unread.filter(({ why }) => why !== namesNoApp) : unread
  for (const { line, text, why } of said) around.stderr.write(`${file}:${line}: not carried over, ${why}: ${text}\n`)
  if (isAppless) return sayChoiceError(file, 'its commands name no app that can be read: say --app NAME', around)
  if (apps.length === 0) return sayChoiceError(file, 'no command in it says anything of a stream app', around)
  const manifests: object[] = []
  for (const app of apps) {
    const made = manifestOf(app, choices)
    if (!made.ok) return sayChoiceError(app.app, made.error, around)
    for (const note of made.value.notes) around.stderr.write(`${app.app}: ${note}\n`)
    manifests.push(made.value.manifest)
  }
  around.stdout.write(manifests.map((manifest) => dump(manifest, { lineWidth: -1 })).join('---\n'))
  return exitCodes.ok
}

function optionOf({ options }: Given, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}
