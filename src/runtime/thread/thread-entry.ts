import { inspect } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { unreachable } from '../../base/unreachable.ts'
import { keepCompiled } from '../../host/keep-compiled.ts'
import { systemClock } from '../../host/system-clock.ts'
import type { StartBeats } from '../../kafka/wire/group/heart.ts'
import { readWorkerConfig } from '../config.ts'
import type { UncaughtAnswer } from '../task/error-plan.ts'
import { bootEra, StateFolder } from '../state/task-stores.ts'
import { runWorker } from '../worker.ts'
import { ApplicationShutdown } from './application-shutdown.ts'
import { loadErrors } from './load-errors.ts'
import { loadTopology } from './load-topology.ts'
import { openLog } from './log.ts'
import { openStreamClient } from './open-client.ts'
import { StreamThread } from './stream-thread.ts'
import type { FromThread, ThreadData, ToThread } from './thread-message.ts'

/** What runs in a worker thread: one stream thread from start to end. The thread ends by itself, never by `terminate`. */
async function main({ file, env, number, start, logLevel, endsApplication }: ThreadData): Promise<void> {
  const stop = new AbortController()
  // messages may come before there is a thread to tell
  let running: StreamThread | undefined
  const wish = { isPaused: false }
  parentPort?.on('message', (message: ToThread) => {
    switch (message.kind) {
      case 'stop':
        return stop.abort()
      case 'ask':
        return void reply(running, message)
      case 'pause':
      case 'resume':
        wish.isPaused = message.kind === 'pause'
        return running?.[message.kind]()
      default:
        return unreachable(message)
    }
  })
  const read = readWorkerConfig(env)
  if (!read.ok) throw new Error(read.error.join('; '))
  const { config } = read.value
  const log = openLog({ dyno: config.processName, thread: number }, logLevel)
  const thread = new StreamThread({
    number,
    start,
    config,
    topology: await loadTopology(file),
    client: await openStreamClient(config, `${config.clientId}-StreamThread-${number}`, startBeats),
    folder: new StateFolder({
      stateDir: config.stateFolder,
      applicationId: config.applicationId,
      era: bootEra(),
      thread: number,
    }),
    clock: systemClock,
    log,
    errors: await loadErrors(file),
    endsApplication,
  })
  running = thread
  if (wish.isPaused) thread.pause()
  keepCompiled()
  const reporting = config.isWatched
    ? setInterval(() => tell({ kind: 'report', report: thread.report() }), reportEveryMs)
    : undefined
  try {
    await runWorker(thread, systemClock, stop.signal)
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

async function reply(
  thread: StreamThread | undefined,
  { id, question }: Extract<ToThread, { kind: 'ask' }>,
): Promise<void> {
  tell({ kind: 'answer', id, answers: thread === undefined ? [] : await thread.answer(question) })
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
