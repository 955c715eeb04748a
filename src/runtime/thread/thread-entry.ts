import { inspect } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { keepCompiled } from '../../host/keep-compiled.ts'
import { systemClock } from '../../host/system-clock.ts'
import type { StartBeats } from '../../kafka/wire/group/heart.ts'
import type { UncaughtAnswer } from '../task/error-plan.ts'
import { bootEra, StateFolder } from '../state/task-stores.ts'
import { runWorker } from '../worker.ts'
import { ApplicationShutdown } from './application-shutdown.ts'
import { whatDoesNotFit } from './check-start.ts'
import { configFrom, loadApp, type App } from './load-app.ts'
import { loadErrors } from './load-errors.ts'
import { openLog } from './log.ts'
import { Orders } from './orders.ts'
import { StreamThread } from './stream-thread.ts'
import type { Found, FromThread, ThreadData } from './thread-message.ts'

/** What runs in a worker thread: one stream thread from start to end. The thread ends by itself, never by `terminate`. */
async function main(data: ThreadData): Promise<void> {
  if (parentPort === null) throw new Error('a stream thread is started by the main thread of a worker')
  const orders = new Orders(parentPort)
  const loading = loadApp(data, startBeats)
  // where it fails, the look or the end of waiting says so
  loading.catch(() => {})
  if (data.before === 'look') tell({ kind: 'looked', found: await look(loading, orders.stop) })
  const env = data.before === 'nothing' ? {} : await orders.begun
  if (env === undefined) return setDown(loading)
  await work({ ...(await loading), config: configFrom({ ...data.env, ...env }) }, data, orders)
}

/** All has been loaded by then, so that a warm-up misses nothing. */
async function setDown(loading: Promise<App>): Promise<void> {
  const app = await loading.catch(() => undefined)
  await app?.disk.catch(() => {})
  await app?.client.close()
}

async function look(loading: Promise<App>, signal: AbortSignal): Promise<Found> {
  try {
    const { topology, config, ...cluster } = await loading
    if (signal.aborted) return { kind: 'unreachable', reason: 'it was told to stop before it looked' }
    return (await whatDoesNotFit(topology, config, cluster, { clock: systemClock, signal })) ?? { kind: 'fit' }
  } catch (error) {
    return { kind: 'broken', text: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

async function work({ disk, ...app }: App, data: ThreadData, orders: Orders): Promise<void> {
  const { config } = app
  const { number, start, logLevel, endsApplication } = data
  const thread = new StreamThread({
    ...app,
    number,
    start,
    folder: new StateFolder({
      stateDir: config.stateFolder,
      applicationId: config.applicationId,
      era: bootEra(),
      thread: number,
      openDisk: await disk,
    }),
    clock: systemClock,
    log: openLog({ dyno: config.processName, thread: number }, logLevel),
    endsApplication,
  })
  orders.goTo(thread)
  keepCompiled()
  const reporting = config.isWatched
    ? setInterval(() => tell({ kind: 'report', report: thread.report() }), reportEveryMs)
    : undefined
  try {
    await runWorker(thread, systemClock, orders.stop)
  } finally {
    clearInterval(reporting)
  }
}

const reportEveryMs = 1_000

/** The main thread beats for every member of the process: no user code runs there while this thread works. */
const startBeats: StartBeats = (setting, line) => {
  const message: FromThread = { kind: 'heart', setting, line }
  parentPort?.postMessage(message, [line])
}

function tell(message: FromThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message)
}

try {
  const data: ThreadData = workerData
  await main(data)
  tell({ kind: 'stopped' })
} catch (error) {
  tell({ kind: 'died', reason: describe(error), ...(await answerTo(error)) })
}
parentPort?.close()

/** What the user's own handler says. Who is told to end by the group has no choice. */
async function answerTo(error: unknown): Promise<{ readonly answer?: UncaughtAnswer }> {
  if (error instanceof ApplicationShutdown) return { answer: 'shutdown-client' }
  try {
    const data: ThreadData = workerData
    const answer = (await loadErrors(data.file)).uncaught?.(error)
    return answer === undefined ? {} : { answer }
  } catch {
    return {} // a handler that fails has not answered
  }
}

/** The chain of causes in one line: what broke, and on which record. */
function describe(error: unknown): string {
  const lines: string[] = []
  for (let link = error; link !== undefined; link = link instanceof Error ? link.cause : undefined)
    lines.push(link instanceof Error ? link.message : inspect(link))
  return lines.join(' ← ')
}
