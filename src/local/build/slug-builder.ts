import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Guardian } from '../dyno/guardian.ts'
import { startHeld } from '../dyno/held-process.ts'
import { readLines } from '../dyno/line-splitter.ts'
import { signalGroup } from '../dyno/process-group.ts'
import { parseProcfile, type ProcessTypes } from './procfile.ts'
import { unpack, usualLimits } from './unpack.ts'

export interface SlugBuilderOptions {
  readonly guardian: Guardian
  /** Folders for PATH: where npm and mvn are found. */
  readonly path: readonly string[]
  /** Our own environment: npm and Maven need their settings, proxies and caches. */
  readonly env: Readonly<Record<string, string>>
  /** This package, which stands in for the published one in apps that depend on it. */
  readonly weirkeeper: string
}

/** What the Heroku emulator asks for (`BuildSlug` in its options). Rejects with a message for the build's output. */
interface BuildRequest {
  readonly tarball: string
  readonly into: string
  readonly config: Readonly<Record<string, string>>
  readonly output: (line: string) => void
  readonly signal: AbortSignal
}

export function createSlugBuilder(options: SlugBuilderOptions) {
  return async function buildSlug(request: BuildRequest): Promise<{ readonly processTypes: ProcessTypes }> {
    const { tarball, into, signal } = request
    await unpack(tarball, into, usualLimits, signal)
    if (existsSync(join(into, 'package-lock.json'))) await installPackages(request, options)
    if (existsSync(join(into, 'pom.xml'))) await packageWithMaven(request, options)
    const manifest = await packageManifest(into)
    if (manifest.dependsOnWeirkeeper) await linkWeirkeeper(request, options.weirkeeper)
    return { processTypes: await processTypesOf(into, manifest) }
  }
}

async function installPackages(request: BuildRequest, options: SlugBuilderOptions): Promise<void> {
  request.output('-----> Node.js app detected: npm ci')
  const status = await run('npm ci --no-audit --no-fund --loglevel=error', request, options)
  if (status === 127) throw new Error('npm was not found. Install Node.js, which brings it: https://nodejs.org/')
  if (status !== 0) throw new Error(`npm ci ended with status ${status}; its own message stands above`)
}

async function packageWithMaven(request: BuildRequest, options: SlugBuilderOptions): Promise<void> {
  if (existsSync(join(request.into, 'target')))
    return request.output('-----> Java app detected: target/ is in the source')
  request.output('-----> Java app detected: mvn package')
  const status = await run('mvn -q -B -DskipTests package', request, options)
  if (status === 127) {
    throw new Error(
      'mvn was not found, and a pom.xml is built with it. Install it (apt-get install maven, or brew install maven), or put target/ into the source',
    )
  }
  if (status !== 0) throw new Error(`mvn package ended with status ${status}; its own message stands above`)
}

/** Resolves to the exit status, after the last line of output. Ends with us, and with the signal. */
async function run(
  command: string,
  request: BuildRequest,
  { guardian, path, env }: SlugBuilderOptions,
): Promise<number> {
  const { into, config, output, signal } = request
  signal.throwIfAborted()
  const own = { ...env, ...config, PATH: path.join(delimiter) }
  const { child, group } = startHeld({ command, cwd: into, env: own }, guardian)
  const stop = (): void => void signalGroup(group, 'SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  const indented = (line: string): void => output(`       ${line}`)
  await Promise.all([once(child, 'exit'), readLines(child.stdout, indented), readLines(child.stderr, indented)])
  signal.removeEventListener('abort', stop)
  guardian.free(group)
  signal.throwIfAborted()
  return child.exitCode ?? 1
}

interface PackageManifest {
  readonly dependsOnWeirkeeper: boolean
  readonly hasStart: boolean
}

async function packageManifest(into: string): Promise<PackageManifest> {
  const path = join(into, 'package.json')
  if (!existsSync(path)) return { dependsOnWeirkeeper: false, hasStart: false }
  const manifest = parseJson(await readFile(path, 'utf8'))
  return {
    dependsOnWeirkeeper: names(manifest, 'dependencies').includes('weirkeeper'),
    hasStart: names(manifest, 'scripts').includes('start'),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error('package.json is not JSON', { cause: error })
  }
}

function names(manifest: unknown, field: string): readonly string[] {
  if (typeof manifest !== 'object' || manifest === null) return []
  const value: unknown = new Map<string, unknown>(Object.entries(manifest)).get(field)
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

/** The app under development meets the Weirkeeper under development, and needs no registry for it. */
async function linkWeirkeeper({ into, output }: BuildRequest, weirkeeper: string): Promise<void> {
  const link = join(into, 'node_modules', 'weirkeeper')
  if (existsSync(link)) return
  await mkdir(join(into, 'node_modules', '.bin'), { recursive: true })
  await symlink(weirkeeper, link)
  output('-----> weirkeeper: this checkout (local mode)')
}

/** Without a Procfile an app with a start script is a web app, as Heroku's Node.js buildpack has it. */
async function processTypesOf(into: string, { hasStart }: PackageManifest): Promise<ProcessTypes> {
  const path = join(into, 'Procfile')
  if (!existsSync(path)) return hasStart ? { web: 'npm start' } : {}
  const parsed = parseProcfile(await readFile(path, 'utf8'))
  if (!parsed.ok) throw new Error(parsed.error.join('\n'))
  return parsed.value
}
