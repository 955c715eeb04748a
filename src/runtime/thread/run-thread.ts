import { Worker } from 'node:worker_threads'
import { unreachable } from '../../base/unreachable.ts'
import type { Death, Found, FromThread, News, ThreadData, ToThread } from './thread-message.ts'
import type { ThreadLog } from './thread-world.ts'

/** Is told of each thread once it may join the group, and may speak to it while it runs. */
export interface CrewListener {
  started(thread: number, post: (message: ToThread) => void): void
  heard(thread: number, news: News): void
  /** However it ended. */
  ended(thread: number, hasDied: boolean): void
}

/** Where nobody watches. */
export const deaf: CrewListener = { started: () => {}, heard: () => {}, ended: () => {} }

/** What threads are given once it is known that a worker can run here. */
export interface Begun {
  readonly listener: CrewListener
  /** Config vars beside those of the process. */
  readonly env: Readonly<Record<string, string>>
}

export interface ThreadRun {
  readonly data: ThreadData
  /** Bound of its heap; undefined: V8's own. */
  readonly heapMiB: number | undefined
  readonly looked: (found: Found) => void
  /** Undefined: nothing begins, and it will be told to stop. */
  readonly begun: Promise<Begun | undefined>
  readonly log: ThreadLog
}

/**
 * Room for values that die young. V8 takes up to 128 MB where the machine has much memory, and is no faster for it:
 * what a record leaves behind is garbage before the next one comes. With 8 in place of 32 a windowed
 * count peaks 30 MB lower for the same CPU; passthrough, which makes the most garbage, takes up to a tenth more of it.
 */
const youngMb = 8

/** Ends with the thread: undefined if it stopped as asked, else why it died. */
export async function runThread(run: ThreadRun, stop: AbortSignal): Promise<Death | undefined> {
  const { data, heapMiB } = run
  const worker = new Worker(new URL('thread-entry.ts', import.meta.url), {
    workerData: data,
    resourceLimits: {
      maxYoungGenerationSizeMb: youngMb,
      ...(heapMiB !== undefined && { maxOldGenerationSizeMb: heapMiB }),
    },
  })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const post = (message: ToThread) => worker.postMessage(message)
  const ask = () => post({ kind: 'stop' })
  const listener = listenFor(run, post)
  const ended = lastWord(worker, run, listener)
  if (stop.aborted) ask()
  else stop.addEventListener('abort', ask, { once: true })
  const death = await ended
  stop.removeEventListener('abort', ask)
  listener.ended(death !== undefined)
  return death
}

/** Tells the thread to begin and the listener of the thread, once both may; nobody hears of one that has ended by then. */
function listenFor({ data: { number, before }, begun }: ThreadRun, post: (message: ToThread) => void) {
  let listener: CrewListener | undefined
  let hasEnded = false
  const begin = (begins: Begun | undefined) => {
    if (begins === undefined || hasEnded) return
    listener = begins.listener
    listener.started(number, post)
    if (before !== 'nothing') post({ kind: 'begin', env: begins.env })
  }
  // whoever made the promise says why nothing begins
  begun.then(begin, () => {})
  return {
    heard: (news: News) => listener?.heard(number, news),
    ended(hasDied: boolean) {
      hasEnded = true
      listener?.ended(number, hasDied)
    },
  }
}

function lastWord(
  worker: Worker,
  { data: { number }, heapMiB, looked, log }: ThreadRun,
  listener: { heard(news: News): void },
): Promise<Death | undefined> {
  // the thread sees that its line is closed, and starts over
  const lament = (error: unknown) => log.error({ thread: number, reason: String(error) }, 'its heartbeats broke')
  let last: { readonly kind: 'stopped' } | Death | undefined
  worker.on('message', (message: FromThread) => {
    switch (message.kind) {
      case 'heart':
        return void beat(message).catch(lament)
      case 'report':
      case 'answer':
        return listener.heard(message)
      case 'looked':
        return looked(message.found)
      case 'stopped':
      case 'died':
        last = message
        return
      default:
        return unreachable(message)
    }
  })
  worker.on('error', (error) => {
    last = { kind: 'died', reason: reasonOf(error, heapMiB) }
  })
  return new Promise((resolve) => {
    worker.on('exit', (code) => {
      const silent: Death = { kind: 'died', reason: `it ended with code ${code}` }
      resolve(last === undefined ? silent : last.kind === 'died' ? last : undefined)
    })
  })
}

/** Loaded when the first member has joined: until then there is nobody to beat for. */
async function beat({ setting, line }: Extract<FromThread, { kind: 'heart' }>): Promise<void> {
  const { beatFor } = await import('../../kafka/wire/group/beat.ts')
  await beatFor(setting, line)
}

/** What killed a thread from outside its own code. */
function reasonOf(error: unknown, heapMiB: number | undefined): string {
  if (!(error instanceof Error)) return String(error)
  if (!('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error.message
  const share = heapMiB === undefined ? 'V8 gives a thread' : `its share of this dyno's memory, ${heapMiB} MiB of heap`
  return `it needed more than ${share}: use a larger dyno, fewer threads on it, or persistent stores instead of in-memory ones`
}
