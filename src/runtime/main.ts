import { existsSync, readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { unreachable } from '../base/unreachable.ts'
import { keepCompiled } from '../host/keep-compiled.ts'
import { systemClock } from '../host/system-clock.ts'
import { readWorkerConfig, type WorkerConfig } from './config.ts'
import { configVarOf, settings } from './config-settings.ts'
import type { Topology } from './graph/topology.ts'
import { appFolder, releaseLocks, removeDeadLocks } from './state/folder-lock.ts'
import type { Watch } from './query/open-watch.ts'
import { openLog } from './thread/log.ts'
import { limitFiles, type MemoryPlan, memoryQuotaMiB, planMemory } from './thread/memory-quota.ts'
import { anonymousMiB, memoryTeller } from './thread/watch-memory.ts'
import { deaf } from './thread/run-thread.ts'
import type { Refusal } from './thread/start-gate.ts'
import { superviseThreads, type EndOfCrew } from './thread/supervise.ts'
import type { ThreadLog } from './thread/thread-world.ts'

const usage =
  'usage: weir worker FILE [--describe | --warm-up] [--metrics-port N]\n' +
  '  FILE exports a topology: export default builder.build()\n'
const invalid = 2
const unanswered = 3

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      describe: { type: 'boolean' },
      'warm-up': { type: 'boolean' },
      'metrics-port': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const [file] = positionals
  if (file === undefined || values.help === true) {
    process[values.help === true ? 'stdout' : 'stderr'].write(usage)
    return values.help === true ? 0 : invalid
  }
  if (values.describe === true) {
    process.stdout.write((await load(file)).describe())
    return 0
  }
  if (values['warm-up'] === true) return tellBroken(await warmUpFor(file))
  return start(file, values['metrics-port'])
}

async function start(file: string, port: string | undefined): Promise<number> {
  const env = { ...process.env, ...(port !== undefined && { WEIR_METRICS_PORT: port }) }
  const read = readWorkerConfig(env)
  if (!read.ok) {
    process.stderr.write(`weir worker: the config vars do not fit\n${read.error.map((line) => `  ${line}\n`).join('')}`)
    return invalid
  }
  const logLevel = process.env['LOG_LEVEL'] ?? 'info'
  const log = openLog({ dyno: read.value.config.processName }, logLevel)
  for (const warning of read.value.warnings) log.warn({}, warning)
  return run(file, { config: read.value.config, log, logLevel, env })
}

interface Around {
  readonly config: WorkerConfig
  readonly log: ThreadLog
  readonly logLevel: string
  readonly env: NodeJS.ProcessEnv
}

async function run(file: string, { config, log, logLevel, env }: Around): Promise<number> {
  const stop = new AbortController()
  // Heroku may send SIGTERM several times; the first is enough.
  process.on('SIGTERM', () => stop.abort())
  process.on('SIGINT', () => stop.abort())
  const { applicationId, threads } = config
  const folder = appFolder(config.stateFolder, applicationId)
  const memory = memoryInside(env, config)
  removeDeadLocks(folder)
  keepCompiled()
  let watch: Watch | undefined
  let looking: NodeJS.Timeout | undefined
  const end = await superviseThreads(
    {
      threads,
      heapMiB: memory.heapMiB,
      data: {
        file,
        env: { ...env, [cacheVar]: String(memory.cacheBytes) },
        start: nameOfStart(),
        logLevel,
        pageBytes: memory.pageBytes,
      },
      begin: async () => {
        watch = await watchIfAsked(file, config, log)
        stop.signal.addEventListener('abort', () => watch?.stopping(), { once: true })
        tellStart(config, memory, log)
        looking = lookAtMemory(memory.quotaMiB, log)
        return { listener: watch ?? deaf, env: watch?.env ?? {} }
      },
      onThreadDeath: config.onThreadDeath,
      releaseFolders: (thread) => releaseLocks(folder, thread),
      clock: systemClock,
      log,
    },
    stop.signal,
  )
  clearInterval(looking)
  await watch?.close()
  return exitCodeOf(end, log)
}

/** Unlike that of any other start, on whatever machine; `crypto` would take 3 ms to load, and no secret is needed. */
const nameOfStart = (): string => `${process.pid}.${process.hrtime.bigint()}.${Math.random()}`

const cacheVar = configVarOf(settings.cacheBytes.name)

function memoryInside(env: NodeJS.ProcessEnv, { threads, cacheBytes }: WorkerConfig): MemoryPlan {
  const limits = limitFiles.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'))
  const quotaMiB = memoryQuotaMiB(env, limits, totalmem())
  return planMemory(quotaMiB, threads, { bytes: cacheBytes, isSet: (env[cacheVar] ?? '') !== '' })
}

function tellStart(config: WorkerConfig, memory: MemoryPlan, log: ThreadLog): void {
  const { applicationId, threads, exactlyOnce } = config
  const { heapMiB, cacheBytes, warning } = memory
  log.info({ applicationId, threads, exactlyOnce, ...(heapMiB !== undefined && { heapMiB, cacheBytes }) }, 'starting')
  if (warning !== undefined) log.warn({}, warning)
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
  switch (end.kind) {
    case 'stopped':
      return 0
    case 'refused':
      return tellRefusal(end.refusal, log)
    case 'died':
      log.error({ reason: end.reason }, 'stopped, since a stream thread died')
      return 1
    case 'overdue':
      log.error({ threads: end.threads }, 'some threads did not stop in time: what they had open is read again')
      // An orderly exit would end threads that may hold LMDB's lock, and hang for ever on it.
      process.kill(process.pid, 'SIGKILL')
      return 1
    default:
      return unreachable(end)
  }
}

function tellRefusal(refusal: Refusal, log: ThreadLog): number {
  if (refusal.kind === 'broken') return tellBroken(refusal.text)
  log.error({ reason: refusal.reason }, 'cannot start')
  return refusal.kind === 'refused' ? invalid : unanswered
}

function tellBroken(text: string | undefined): number {
  if (text === undefined) return 0
  process.stderr.write(`weir worker: ${text}\n`)
  return 1
}

async function warmUpFor(file: string): Promise<string | undefined> {
  const { warmUp } = await import('./thread/warm-up.ts')
  return warmUp(file, openLog({}, 'error'))
}

/** The topology runs in threads of their own: it is loaded here only for what this thread itself says of it. */
async function load(file: string): Promise<Topology> {
  const { loadTopology } = await import('./thread/load-topology.ts')
  return loadTopology(file)
}

/** Undefined where nobody asked for metrics: then threads report nothing at all, and what would serve them is not loaded. */
async function watchIfAsked(file: string, config: WorkerConfig, log: ThreadLog): Promise<Watch | undefined> {
  if (!config.isWatched) return undefined
  const { openWatch } = await import('./query/open-watch.ts')
  const { openStreamClient } = await import('./thread/open-client.ts')
  const client = await openStreamClient(config, `${config.clientId}-start`)
  try {
    return await openWatch(await load(file), config, { client, log, clock: systemClock })
  } finally {
    await client.close()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`weir worker: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
}
// Nothing may keep a dyno: every thread and connection has been closed, or is overdue.
process.exit()
