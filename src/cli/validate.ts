import type { Command } from 'commander'
import type { CliCommand } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { githubAnnotations } from './github-annotations.ts'
import { loadStreamApps, type LoadedStreamApps } from './load-stream-apps.ts'
import { renderMistakes } from './render-mistakes.ts'
import { validationJson, validationText } from './render-validation.ts'
import { palette, type Around } from './terminal.ts'

/** `weir validate -f FILE`: everything that can be known of manifests without Heroku and Kafka. */
export const validate: CliCommand = {
  define: (command) =>
    withFiles(command)
      .option('-o, --output <format>', 'text or json', 'text')
      .addHelpText('after', '\nExamples:\n  weir validate -f manifests/\n  cat app.yaml | weir validate -f - -o json'),

  run: async ({ options }, around) => {
    const output = options['output']
    if (output !== 'text' && output !== 'json') {
      around.stderr.write(`weir validate: -o takes text or json, not ${String(output)}\n`)
      return exitCodes.invalid
    }
    const names = filesGiven(options)
    if (names.length === 0) {
      around.stderr.write(
        'weir validate: name at least one manifest: -f FILE, -f FOLDER, or -f - for what is piped in\n',
      )
      return exitCodes.invalid
    }
    const loaded = await loadStreamApps(names, around)
    if (output === 'json') around.stdout.write(validationJson(loaded))
    else sayInText(loaded, around)
    return loaded.errors.length > 0 ? exitCodes.invalid : exitCodes.ok
  },
}

/** The `-f` that every command with manifests has; it may be repeated. */
export function withFiles(command: Command): Command {
  return command.option('-f, --filename <file...>', 'manifest: a file, a folder, or - for stdin; may be repeated')
}

export function filesGiven(options: Readonly<Record<string, unknown>>): readonly string[] {
  const given = options['filename']
  return Array.isArray(given) ? given.map(String) : []
}

function sayInText(loaded: LoadedStreamApps, around: Around): void {
  sayMistakes(loaded, around)
  const text = validationText(loaded)
  if (loaded.errors.length > 0) around.stderr.write(text.slice(text.lastIndexOf('\n', text.length - 2) + 1))
  else around.stdout.write(text)
}

/** Errors and warnings to stderr, the way every command with `-f` shows them; in GitHub Actions beside the lines, too. */
export function sayMistakes({ errors, warnings, files }: LoadedStreamApps, { env, stderr }: Around): void {
  const paint = palette(stderr)
  stderr.write(renderMistakes(errors, { severity: 'error', files, paint }))
  stderr.write(renderMistakes(warnings, { severity: 'warning', files, paint }))
  if (env['GITHUB_ACTIONS'] === 'true') {
    stderr.write(githubAnnotations(errors, 'error') + githubAnnotations(warnings, 'warning'))
  }
}
