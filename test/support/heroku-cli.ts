import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Heroku } from '../../src/local/heroku/options.ts'
import { finished, type Finished } from './finished.ts'
import { installOnce } from './install-once.ts'

/** What is tested against; `heroku-kafka` has the Kafka commands. */
const packages = { heroku: '11.10.0', 'heroku-kafka': '3.0.4' } as const

export type CliRun = Finished

export interface HerokuCli {
  readonly run: (...args: string[]) => Promise<CliRun>
  /** Runs a script in which `heroku` is this command. */
  readonly bash: (script: string) => Promise<CliRun>
  /** Where the plugin of `more.plugin` was linked. */
  readonly pluginRoot: string
  readonly close: () => Promise<void>
}

/** The real `heroku` command, pointed at an emulator, with a home of its own. Installs it the first time. */
export async function herokuCli(
  heroku: Heroku,
  say: (progress: string) => void,
  more: { readonly plugin?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<HerokuCli> {
  const folder = await installed(say)
  const home = await mkdtemp(join(tmpdir(), 'weirkeeper-heroku-cli-'))
  const ours = more.plugin === undefined ? [] : [await ownPlugin(more.plugin, folder, home)]
  await linkPlugins(home, [{ name: 'heroku-kafka', root: join(folder, 'node_modules', 'heroku-kafka') }, ...ours])
  const env = { ...environmentOf(heroku, home), ...more.env }
  const command = join(folder, 'node_modules', 'heroku', 'bin', 'run.js')
  return {
    run: (...args) => run([command, ...args], env),
    bash: async (script) => {
      const bin = join(home, 'bin')
      await mkdir(bin, { recursive: true })
      await writeFile(join(bin, 'heroku'), `#!/bin/sh\nexec '${process.execPath}' '${command}' "$@"\n`, { mode: 0o755 })
      const own = { ...env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }
      return finished(spawn('bash', ['-c', script], { env: own, stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 }))
    },
    pluginRoot: ours[0]?.root ?? '',
    close: () => rm(home, { recursive: true, force: true }),
  }
}

/** Apart from our own packages: 380 MB that only these tests need. */
const installed = (say: (progress: string) => void): Promise<string> =>
  installOnce({
    name: `heroku-cli-${packages.heroku}`,
    what: `heroku ${packages.heroku} into the cache, once (380 MB)`,
    say,
    install: async (folder) => {
      await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }))
      await npmInstall(folder)
    },
  })

async function npmInstall(folder: string): Promise<void> {
  const args = ['install', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  const { code, stderr } = await finished(spawn('npm', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }))
  if (code !== 0) throw new Error(`npm ended with ${code}: ${stderr.slice(-2_000)}`)
}

interface LinkedPlugin {
  readonly name: string
  readonly root: string
}

/** A plugin of ours, with the packages that an install would bring it. */
async function ownPlugin(source: string, folder: string, home: string): Promise<LinkedPlugin> {
  const root = join(home, 'plugin')
  await cp(source, root, { recursive: true })
  await symlink(join(folder, 'node_modules'), join(root, 'node_modules'))
  return { name: JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).name, root }
}

/** What `heroku plugins:link` writes. */
async function linkPlugins(home: string, linked: readonly LinkedPlugin[]): Promise<void> {
  const plugins = linked.map(({ name, root }) => ({ name, root, type: 'link' }))
  await mkdir(join(home, 'data', 'heroku'), { recursive: true })
  await writeFile(
    join(home, 'data', 'heroku', 'package.json'),
    JSON.stringify({ name: 'heroku', private: true, dependencies: {}, oclif: { schema: 1, plugins } }),
  )
}

/** HEROKU_DATA_HOST takes no scheme and means TLS; NODE_EXTRA_CA_CERTS makes our certificate known. */
const environmentOf = ({ apiUrl, dataHost, apiKey, caFile }: Heroku, home: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: home,
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_DATA_HOME: join(home, 'data'),
  HEROKU_HOST: apiUrl,
  HEROKU_DATA_HOST: dataHost,
  HEROKU_PARTICLEBOARD_URL: apiUrl,
  HEROKU_API_KEY: apiKey,
  HEROKU_SKIP_NEW_VERSION_CHECK: 'true',
  NODE_EXTRA_CA_CERTS: caFile,
  DISABLE_TELEMETRY: 'true',
  NO_COLOR: '1',
  COLUMNS: '200',
})

const run = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<CliRun> =>
  finished(spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 }))
