import { Worker } from 'node:worker_threads'
import { unreachable } from '../../base/unreachable.ts'
import type { Clock } from '../../base/clock.ts'
import type { WorkerConfig } from '../config.ts'
import { beatFor } from '../../kafka/wire/group/beat.ts'
import type { Death, FromThread, News, ThreadData, ToThread } from './thread-message.ts'
import type { ThreadLog } from './thread-world.ts'

export interface Crew {
  readonly threads: number
  /** Bound of each thread's heap; undefined: V8's own. */
  readonly heapMiB: number | undefined
  readonly data: Omit<ThreadData, 'number' | 'endsApplication'>
  /** Where the app has no handler of its own. */
  readonly onThreadDeath: WorkerConfig['onThreadDeath']
  /** Gives back the folders of a thread that has ended, however it did. */
  readonly releaseFolders: (thread: number) => void
  readonly listener: CrewListener
  readonly clock: Clock
  readonly log: ThreadLog
}

/** Is told of each thread, and may speak to it while it runs. */
export interface CrewListener {
  started(thread: number, post: (message: ToThread) => void): void
  heard(thread: number, news: News): void
  /** However it ended. */
  ended(thread: number, hasDied: boolean): void
}

/** Where nobody watches. */
export const deaf: CrewListener = { started: () => {}, heard: () => {}, ended: () => {} }

export type EndOfCrew =
  | { readonly kind: 'stopped' }
  /** A thread died, and the others were stopped. */
  | { readonly kind: 'died'; readonly reason: string }
  /** Asked to stop, some threads did not within the time a dyno has. */
  | { readonly kind: 'overdue'; readonly threads: readonly number[] }

/** Heroku kills a dyno 30 s after SIGTERM. */
const stopWithinMs = 25_000
/** A thread that dies sooner after its start than this is not replaced at once. */
const replaceAfterMs = 1_000

/**
 * Runs stream threads until the signal fires or one dies for good.
 *
 * A thread is asked to stop and never terminated: it may be writing to its stores,
 * and LMDB's lock would outlive it and stop the whole process.
 */
export async function superviseThreads(crew: Crew, signal: AbortSignal): Promise<EndOfCrew> {
  const stopping = new AbortController()
  const stop = AbortSignal.any([signal, stopping.signal])
  let death: string | undefined
  const running = new Set<number>()
  const keep = async (number: number): Promise<void> => {
    running.add(number)
    for (let [isOver, endsApplication] = [false, false]; !isOver;) {
      const ended = await runThread(crew, { number, endsApplication }, stop)
      crew.releaseFolders(number)
      if (ended === undefined) break
      const { reason } = ended
      const answer = answerTo(ended, crew)
      crew.log.error({ thread: number, reason, answer }, 'a stream thread died')
      if (answer !== 'REPLACE_THREAD') death ??= reason
      isOver = stop.aborted || endsApplication || answer === 'SHUTDOWN_CLIENT'
      // The dead thread has left the group: one in its place tells the others, and ends with them.
      endsApplication = answer === 'SHUTDOWN_APPLICATION'
      if (!isOver) await crew.clock.sleep(replaceAfterMs, stop)
    }
    running.delete(number)
    stopping.abort()
  }
  const all = Promise.all(Array.from({ length: crew.threads }, (_, index) => keep(index + 1)))
  const overdue = await Promise.race([all.then(() => false), deadline(crew.clock, stop)])
  if (overdue) return { kind: 'overdue', threads: [...running] }
  return death === undefined ? { kind: 'stopped' } : { kind: 'died', reason: death }
}

function answerTo({ answer }: Death, { onThreadDeath }: Crew): WorkerConfig['onThreadDeath'] {
  switch (answer) {
    case 'replace-thread':
      return 'REPLACE_THREAD'
    case 'shutdown-client':
      return 'SHUTDOWN_CLIENT'
    case 'shutdown-application':
      return 'SHUTDOWN_APPLICATION'
    case undefined:
      return onThreadDeath
    default:
      return unreachable(answer)
  }
}

async function deadline(clock: Clock, stop: AbortSignal): Promise<true> {
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve()
    else stop.addEventListener('abort', () => resolve(), { once: true })
  })
  await clock.sleep(stopWithinMs, new AbortController().signal)
  return true
}

/**
 * Room for values that die young. V8 takes up to 128 MB where the machine has much memory, and is no faster for it:
 * what a record leaves behind is garbage before the next one comes. With 8 in place of 32 a windowed
 * count peaks 30 MB lower for the same CPU; passthrough, which makes the most garbage, takes up to a tenth more of it.
 */
const youngMb = 8

/** Ends with the thread: undefined if it stopped as asked, else why it died. */
function runThread(
  { data, listener, heapMiB, log }: Crew,
  own: { readonly number: number; readonly endsApplication: boolean },
  stop: AbortSignal,
): Promise<Death | undefined> {
  const { number } = own
  return new Promise((resolve) => {
    const worker = new Worker(new URL('thread-entry.ts', import.meta.url), {
      workerData: { ...data, ...own },
      resourceLimits: {
        maxYoungGenerationSizeMb: youngMb,
        ...(heapMiB !== undefined && { maxOldGenerationSizeMb: heapMiB }),
      },
    })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    const post = (message: ToThread) => worker.postMessage(message)
    const ask = () => post({ kind: 'stop' })
    // the thread sees that its line is closed, and starts over
    const lament = (error: unknown) => log.error({ thread: number, reason: String(error) }, 'its heartbeats broke')
    let last: { readonly kind: 'stopped' } | Death | undefined
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'heart') beatFor(message.setting, message.line).catch(lament)
      else if (message.kind === 'report' || message.kind === 'answer') listener.heard(number, message)
      else last = message
    })
    listener.started(number, post)
    worker.on('error', (error) => {
      last = { kind: 'died', reason: reasonOf(error, heapMiB) }
    })
    worker.on('exit', (code) => {
      stop.removeEventListener('abort', ask)
      const silent: Death = { kind: 'died', reason: `it ended with code ${code}` }
      const death = last === undefined ? silent : last.kind === 'died' ? last : undefined
      listener.ended(number, death !== undefined)
      resolve(death)
    })
    if (stop.aborted) ask()
    else stop.addEventListener('abort', ask, { once: true })
  })
}

/** What killed a thread from outside its own code. */
function reasonOf(error: unknown, heapMiB: number | undefined): string {
  if (!(error instanceof Error)) return String(error)
  if (!('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error.message
  const share = heapMiB === undefined ? 'V8 gives a thread' : `its share of this dyno's memory, ${heapMiB} MiB of heap`
  return `it needed more than ${share}: use a larger dyno, fewer threads on it, or persistent stores instead of in-memory ones`
}
