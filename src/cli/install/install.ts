import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseDuration } from '../../base/duration.ts'
import { ok, type Result } from '../../base/result.ts'
import { Secret } from '../../base/secret.ts'
import type { ConfigVars } from '../../heroku/platform.ts'
import { systemClock } from '../../host/system-clock.ts'
import { kubeconfig } from '../../server/kubeconfig.ts'
import type { CliCommand, Given } from '../command.ts'
import { withEngine } from '../engine-command.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import type { Around } from '../terminal.ts'
import { deploy, makeApp, makeDatabase, run, setVars, type Installing, type Mishap } from './install-steps.ts'
import { untilWithin } from './until.ts'

/** `weir install APP`: a control plane of one's own at Heroku. A second run goes on where the first stopped, and changes nothing that is well. */
export const install: CliCommand = {
  define: (command) =>
    command
      .argument('<app>', 'name of the Heroku app to make')
      .option(
        '--database-plan <plan>',
        'its Postgres, unless WEIR_DATABASE_URL names one',
        'heroku-postgresql:essential-0',
      )
      .option('--source <url>', 'tarball to build; this very weir unless given')
      .option('--redeploy', 'build again where something runs already')
      .option('--size <size>', 'size of its two dynos', 'basic')
      .option('--kubeconfig <file>', 'where to write how to reach it; APP.kubeconfig unless given')
      .option('--timeout <duration>', 'how long to wait for Postgres, build and dynos together', '20m')
      .addHelpText('after', '\nExample:\n  weir install my-control-plane'),

  run: async (given, around) => {
    const [name = ''] = given.args
    const within = parseDuration(String(given.options['timeout']))
    if (!within.ok) {
      around.stderr.write(`weir install: --timeout ${within.error}\n`)
      return exitCodes.invalid
    }
    return withEngine('install', around, async ({ platform }, { apps }) => {
      if (apps === undefined) return exitCodes.bug
      const say = (text: string): void => around.stderr.write(`► ${text}\n`)
      const until = untilWithin(within.value, systemClock, around.signal)
      const made = await installAll({ name, apps, platform, say, until, signal: around.signal }, given, around)
      return made.ok ? tell(name, made.value, { given, around }) : sayMishap(made.error, around)
    })
  },
}

interface Installed {
  readonly url: string
  readonly wasBuilt: boolean
  readonly vars: ConfigVars
}

async function installAll(
  installing: Installing,
  { options }: Given,
  { env }: Around,
): Promise<Result<Installed, Mishap>> {
  const app = await makeApp(installing)
  if (!app.ok) return app
  const databaseUrl = env['WEIR_DATABASE_URL']
  const url = app.value.webUrl ?? `https://${installing.name}.herokuapp.com`
  const hosts = Object.entries(env).filter(([name]) => name === 'HEROKU_HOST' || name === 'HEROKU_DATA_HOST')
  const set = await setVars(
    {
      url,
      apiKey: env['HEROKU_API_KEY'] ?? '',
      databaseUrl,
      hosts: Object.fromEntries(
        hosts.flatMap(([name, value]) => (value === undefined ? [] : [[`WEIR_${name}`, value] as const])),
      ),
    },
    installing,
  )
  if (!set.ok) return set
  const database = await makeDatabase(String(options['databasePlan']), installing)
  if (!database.ok) return database
  const { source } = options
  const wish = {
    source: typeof source === 'string' ? source : undefined,
    version: ownVersion(),
    isForced: options['redeploy'] === true,
  }
  const deployed = await deploy(wish, installing)
  if (!deployed.ok) return deployed
  const running = await run(String(options['size']), installing)
  return running.ok ? ok({ url, vars: set.value, wasBuilt: deployed.value }) : running
}

function sayMishap({ kind, message }: Mishap, { stderr }: Around): ExitCode {
  stderr.write(`weir install: ${message}. What was made stays; the same command goes on from there\n`)
  const codes = { failure: exitCodes.unreachable, refusal: exitCodes.conflict, timeout: exitCodes.timedOut }
  return codes[kind]
}

/** The kubeconfig holds the admin's token: its owner alone may read it. */
async function tell(
  name: string,
  { url, vars, wasBuilt }: Installed,
  { given, around }: { readonly given: Given; readonly around: Around },
): Promise<ExitCode> {
  const asked = given.options['kubeconfig']
  const file = typeof asked === 'string' ? asked : `${name}.kubeconfig`
  const access = { url: url.replace(/\/+$/, ''), authority: undefined, token: new Secret(vars['WEIR_TOKEN'] ?? '') }
  await writeFile(resolve(around.cwd, file), kubeconfig(access), { mode: 0o600 })
  around.stdout.write(`control plane ${name} runs at ${access.url}\n`)
  if (!wasBuilt) {
    around.stderr.write(
      `It ran already, and nothing was built. weir install ${name} --redeploy builds this weir (${ownVersion()})\n`,
    )
  }
  around.stderr.write(
    `It operates apps with the HEROKU_API_KEY of this shell; give it one of its own: heroku authorizations:create, then heroku config:set WEIR_HEROKU_API_KEY=… -a ${name}\nNext: export WEIR_KUBECONFIG=${file}; weir doctor; weir apply -f FILE\n`,
  )
  return exitCodes.ok
}

function ownVersion(): string {
  return (
    /"version": "([^"]+)"/.exec(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))?.[1] ??
    'unknown'
  )
}
