import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { keepCompiled } from '../host/keep-compiled.ts'
import { systemClock } from '../host/system-clock.ts'
import type { StreamClient } from '../kafka/stream-client.ts'
import { readWorkerConfig, type WorkerConfig } from './config.ts'
import { configVarOf, settings } from './config-settings.ts'
import type { Topology } from './graph/topology.ts'
import { appFolder, releaseLocks, removeDeadLocks } from './state/folder-lock.ts'
import type { Watch } from './query/open-watch.ts'
import { whatDoesNotFit } from './thread/check-start.ts'
import { loadTopology } from './thread/load-topology.ts'
import { openLog } from './thread/log.ts'
import { limitFiles, type MemoryPlan, memoryQuotaMiB, planMemory } from './thread/memory-quota.ts'
import { openStreamClient } from './thread/open-client.ts'
import { anonymousMiB, memoryTeller } from './thread/watch-memory.ts'
import { deaf, superviseThreads, type EndOfCrew } from './thread/supervise.ts'
import type { ThreadLog } from './thread/thread-world.ts'

const usage =
  'usage: weir worker FILE [--describe] [--metrics-port N]\n  FILE exports a topology: export default builder.build()\n'
const invalid = 2
const unreachable = 3

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      describe: { type: 'boolean' },
      'metrics-port': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const [file] = positionals
  if (file === undefined || values.help === true) {
    process[values.help === true ? 'stdout' : 'stderr'].write(usage)
    return values.help === true ? 0 : invalid
  }
  const topology = await loadTopology(file)
  if (values.describe === true) {
    process.stdout.write(topology.describe())
    return 0
  }
  const port = values['metrics-port']
  const env = { ...process.env, ...(port !== undefined && { WEIR_METRICS_PORT: port }) }
  const read = readWorkerConfig(env)
  if (!read.ok) {
    process.stderr.write(`weir worker: the config vars do not fit\n${read.error.map((line) => `  ${line}\n`).join('')}`)
    return invalid
  }
  const logLevel = process.env['LOG_LEVEL'] ?? 'info'
  const log = openLog({ dyno: read.value.config.processName }, logLevel)
  for (const warning of read.value.warnings) log.warn({}, warning)
  return run(file, topology, { config: read.value.config, log, logLevel, env })
}

interface Around {
  readonly config: WorkerConfig
  readonly log: ThreadLog
  readonly logLevel: string
  readonly env: NodeJS.ProcessEnv
}

async function run(file: string, topology: Topology, { config, log, logLevel, env }: Around): Promise<number> {
  const stop = new AbortController()
  // Heroku may send SIGTERM several times; the first is enough.
  process.on('SIGTERM', () => stop.abort())
  process.on('SIGINT', () => stop.abort())
  const client = await openStreamClient(config, `${config.clientId}-start`)
  const unfit = await whatDoesNotFit(topology, config, client, { clock: systemClock, signal: stop.signal })
  const watch = unfit === undefined ? await watchIfAsked(topology, { config, client, log }) : undefined
  await client.close()
  if (watch !== undefined) stop.signal.addEventListener('abort', () => watch.stopping(), { once: true })
  if (stop.signal.aborted) return 0
  if (unfit !== undefined) {
    log.error({ reason: unfit.reason }, 'cannot start')
    return unfit.kind === 'refused' ? invalid : unreachable
  }
  const { applicationId, threads } = config
  const { heapMiB, cacheBytes, quotaMiB } = tellStart(config, memoryInside(env, config), log)
  const looking = lookAtMemory(quotaMiB, log)
  removeDeadLocks(appFolder(config.stateFolder, applicationId))
  keepCompiled()
  const end = await superviseThreads(
    {
      threads,
      heapMiB,
      data: { file, env: { ...env, [cacheVar]: String(cacheBytes), ...watch?.env }, start: randomUUID(), logLevel },
      listener: watch ?? deaf,
      onThreadDeath: config.onThreadDeath,
      releaseFolders: (thread) => releaseLocks(appFolder(config.stateFolder, applicationId), thread),
      clock: systemClock,
      log,
    },
    stop.signal,
  )
  clearInterval(looking)
  await watch?.close()
  return exitCodeOf(end, log)
}

const cacheVar = configVarOf(settings.cacheBytes.name)

function memoryInside(env: NodeJS.ProcessEnv, { threads, cacheBytes }: WorkerConfig): MemoryPlan {
  const limits = limitFiles.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'))
  const quotaMiB = memoryQuotaMiB(env, limits, totalmem())
  return planMemory(quotaMiB, threads, { bytes: cacheBytes, isSet: (env[cacheVar] ?? '') !== '' })
}

function tellStart(config: WorkerConfig, memory: MemoryPlan, log: ThreadLog): MemoryPlan {
  const { applicationId, threads, exactlyOnce } = config
  const { heapMiB, cacheBytes, warning } = memory
  log.info({ applicationId, threads, exactlyOnce, ...(heapMiB !== undefined && { heapMiB, cacheBytes }) }, 'starting')
  if (warning !== undefined) log.warn({}, warning)
  return memory
}

const lookEveryMs = 10_000

function lookAtMemory(quotaMiB: number | undefined, log: ThreadLog): NodeJS.Timeout | undefined {
  if (quotaMiB === undefined) return undefined
  const tell = memoryTeller(quotaMiB, log)
  return setInterval(() => tell(heldMiB()), lookEveryMs)
}

function heldMiB(): number {
  const file = '/proc/self/status'
  const anonymous = existsSync(file) ? anonymousMiB(readFileSync(file, 'utf8')) : undefined
  return anonymous ?? process.memoryUsage.rss() / 1024 / 1024
}

function exitCodeOf(end: EndOfCrew, log: ThreadLog): number {
  if (end.kind === 'stopped') return 0
  if (end.kind === 'died') log.error({ reason: end.reason }, 'stopped, since a stream thread died')
  else {
    log.error({ threads: end.threads }, 'some threads did not stop in time: what they had open is read again')
    // An orderly exit would end threads that may hold LMDB's lock, and hang for ever on it.
    process.kill(process.pid, 'SIGKILL')
  }
  return 1
}

/** Undefined where nobody asked for metrics: then threads report nothing at all, and what would serve them is not loaded. */
async function watchIfAsked(
  topology: Topology,
  { config, client, log }: { readonly config: WorkerConfig; readonly client: StreamClient; readonly log: ThreadLog },
): Promise<Watch | undefined> {
  if (!config.isWatched) return undefined
  const { openWatch } = await import('./query/open-watch.ts')
  return openWatch(topology, config, { client, log, clock: systemClock })
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`weir worker: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
}
// Nothing may keep a dyno: every thread and connection has been closed, or is overdue.
process.exit()
