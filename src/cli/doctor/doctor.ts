import { readFileSync } from 'node:fs'
import { systemClock } from '../../host/system-clock.ts'
import { readHerokuSettings } from '../../heroku/settings.ts'
import type { CliCommand, Given } from '../command.ts'
import { withEngine } from '../engine-command.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { loadStreamApps } from '../load-stream-apps.ts'
import { palette, type Around, type Palette } from '../terminal.ts'
import { filesGiven, sayMistakes, withFiles } from '../validate.ts'
import { checkApp } from './check-app.ts'
import { checkLogin } from './check-heroku.ts'
import { checkClock, checkNode } from './check-machine.ts'
import { checkPlane } from './check-plane.ts'
import { wrong, type Check } from './check.ts'

/** `weir doctor [-f FILE]`: looks at everything that a command needs, and says of what is wrong what to do. Writes nothing. */
export const doctor: CliCommand = {
  define: (command) => withFiles(command).addHelpText('after', '\nExample:\n  weir doctor -f manifests/'),
  run: async (given, around) => {
    const checks = [
      checkNode(process.version, wantedNode()),
      await checkPlane(around),
      ...(await checkDirect(given, around)),
    ]
    const paint = palette(around.stdout)
    for (const check of checks) around.stdout.write(checkText(check, paint))
    return checks.some(({ state }) => state === 'wrong') ? exitCodes.differences : exitCodes.ok
  },
}

async function checkDirect(given: Given, around: Around): Promise<readonly Check[]> {
  const settings = readHerokuSettings(around.env)
  if (!settings.ok) {
    return settings.error.map((message) =>
      wrong('Heroku settings', message, 'as it says; a control plane alone needs none'),
    )
  }
  const loaded = await loadStreamApps(filesGiven(given.options), around)
  if (loaded.errors.length > 0) sayMistakes({ ...loaded, warnings: [] }, around)
  const checks: Check[] = loaded.errors.map(({ file, line, message }) =>
    wrong(`${file}:${line}`, message, 'weir validate shows the place'),
  )
  checks.push(checkClock(systemClock.now(), await timeAt(settings.value.apiUrl, around.signal)))
  const ran: ExitCode = await withEngine('doctor', around, async (engine, heroku) => {
    checks.push(...(await checkLogin(heroku, around.signal)))
    for (const { app } of loaded.apps) {
      const work = {
        apps: [app],
        engine,
        heroku,
        given,
        around: { ...around, stderr: { ...around.stderr, write: () => {} } },
      }
      checks.push(...(await checkApp(app, work)))
    }
    return exitCodes.ok
  })
  return ran === exitCodes.ok
    ? checks
    : [...checks, wrong('Heroku', 'was not looked at to the end', 'weir doctor again')]
}

/** The `Date` of any answer, in milliseconds. */
async function timeAt(url: string, signal: AbortSignal): Promise<number | undefined> {
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(5_000)])
  const response = await fetch(url, { method: 'HEAD', signal: timeout }).catch(() => undefined)
  const heardMs = Date.parse(response?.headers.get('date') ?? '')
  return Number.isNaN(heardMs) ? undefined : heardMs
}

function wantedNode(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  return /"node": "(\d[^"]*)"/.exec(text)?.[1] ?? '24.x'
}

function checkText({ name, state, found, todo }: Check, paint: Palette): string {
  const marks = {
    well: paint.green('✔'),
    doubtful: paint.yellow('!'),
    wrong: paint.red('✗'),
    'not looked at': paint.dim('-'),
  }
  const line = `${marks[state]} ${paint.bold(name)}: ${found}\n`
  return todo === undefined ? line : `${line}    to do: ${todo}\n`
}
