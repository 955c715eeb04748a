import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { artifactCache } from './artifact/artifact-cache.ts'
import { runDev } from './dev-command.ts'
import { devHelp, parseDevOptions } from './dev-options.ts'

/** `weir dev`: reads the environment, the words and the signals, and hands them on. */
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const stdout = (text: string): void => void process.stdout.write(text)
const stderr = (text: string): void => void process.stderr.write(text)

const options = parseDevOptions(process.argv.slice(2))
if (!options.ok) {
  stderr(`weir dev: ${options.error}\n\nweir dev --help says what there is.\n`)
  process.exitCode = 2
} else if (options.value.help) {
  stdout(devHelp)
} else {
  process.exitCode = await runDev(options.value, {
    version: versionOf(readFileSync(`${root}/package.json`, 'utf8')),
    root,
    cache: artifactCache(process.env, homedir()),
    env: process.env,
    stdout,
    stderr,
    isTerminal: process.stdout.isTTY,
    stop: stopSignal(),
  })
}

/** The first signal asks; the second ends us at once, and the guardians end what we started. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130)
    stop.abort(new Error('asked to stop'))
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
  return stop.signal
}

function versionOf(packageText: string): string {
  return /"version": "([^"]+)"/.exec(packageText)?.[1] ?? '?'
}
