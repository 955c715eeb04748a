import { Worker } from 'node:worker_threads'
import type { Clock } from '../../base/clock.ts'
import type { FromThread, News, ThreadData, ToThread } from './thread-message.ts'
import type { ThreadLog } from './thread-world.ts'

export interface Crew {
  readonly threads: number
  readonly data: Omit<ThreadData, 'number'>
  readonly onThreadDeath: 'REPLACE_THREAD' | 'SHUTDOWN_CLIENT'
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
    for (let isOver = false; !isOver;) {
      const reason = await runThread(crew, number, stop)
      crew.releaseFolders(number)
      isOver = reason === undefined || stop.aborted || crew.onThreadDeath === 'SHUTDOWN_CLIENT'
      if (reason === undefined) continue
      crew.log.error({ thread: number, reason, answer: crew.onThreadDeath }, 'a stream thread died')
      if (isOver) death ??= reason
      else await crew.clock.sleep(replaceAfterMs, stop)
    }
    running.delete(number)
    stopping.abort()
  }
  const all = Promise.all(Array.from({ length: crew.threads }, (_, index) => keep(index + 1)))
  const overdue = await Promise.race([all.then(() => false), deadline(crew.clock, stop)])
  if (overdue) return { kind: 'overdue', threads: [...running] }
  return death === undefined ? { kind: 'stopped' } : { kind: 'died', reason: death }
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
 * what a record leaves behind is garbage before the next one comes.
 */
const youngMb = 32

/** Ends with the thread: undefined if it stopped as asked, else why it died. */
function runThread({ data, listener }: Crew, number: number, stop: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('thread-entry.ts', import.meta.url), {
      workerData: { ...data, number },
      resourceLimits: { maxYoungGenerationSizeMb: youngMb },
    })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    const post = (message: ToThread) => worker.postMessage(message)
    const ask = () => post({ kind: 'stop' })
    let last: Exclude<FromThread, News> | undefined
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'report' || message.kind === 'answer') listener.heard(number, message)
      else last = message
    })
    listener.started(number, post)
    worker.on('error', (error) => {
      last = { kind: 'died', reason: error instanceof Error ? error.message : String(error) }
    })
    worker.on('exit', (code) => {
      stop.removeEventListener('abort', ask)
      const reason = last === undefined ? `it ended with code ${code}` : last.kind === 'died' ? last.reason : undefined
      listener.ended(number, reason !== undefined)
      resolve(reason)
    })
    if (stop.aborted) ask()
    else stop.addEventListener('abort', ask, { once: true })
  })
}
