import { unreachable } from '../../base/unreachable.ts'
import type { Clock } from '../../base/clock.ts'
import type { WorkerConfig } from '../config.ts'
import { runThread, type Begun } from './run-thread.ts'
import { StartGate, type Refusal } from './start-gate.ts'
import type { Death, ThreadData } from './thread-message.ts'
import type { ThreadLog } from './thread-world.ts'

export interface Crew {
  readonly threads: number
  /** Bound of each thread's heap; undefined: V8's own. */
  readonly heapMiB: number | undefined
  readonly data: Pick<ThreadData, 'file' | 'env' | 'start' | 'logLevel' | 'pageBytes'>
  /** Called once it is known that a worker can run here: no thread joins the group before it has ended. */
  readonly begin: () => Promise<Begun>
  /** Where the app has no handler of its own. */
  readonly onThreadDeath: WorkerConfig['onThreadDeath']
  /** Gives back the folders of a thread that has ended, however it did. */
  readonly releaseFolders: (thread: number) => void
  readonly clock: Clock
  readonly log: ThreadLog
}

export type EndOfCrew =
  | { readonly kind: 'stopped' }
  /** No thread ever joined the group. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
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
  const gate = new StartGate(crew.begin, stop)
  let death: string | undefined
  const running = new Set<number>()
  const keep = async (number: number): Promise<void> => {
    running.add(number)
    for (let [isOver, endsApplication] = [false, false]; !isOver;) {
      const ended = await runOnce(crew, gate, { number, endsApplication }, stop)
      if (ended === undefined) break
      const answer = gate.isOpen ? answerTo(ended, crew) : 'SHUTDOWN_CLIENT'
      crew.log.error({ thread: number, reason: ended.reason, answer }, 'a stream thread died')
      if (answer !== 'REPLACE_THREAD') death ??= ended.reason
      isOver = stop.aborted || endsApplication || answer === 'SHUTDOWN_CLIENT'
      // The dead thread has left the group: one in its place tells the others, and ends with them.
      endsApplication = answer === 'SHUTDOWN_APPLICATION'
      if (!isOver) await crew.clock.sleep(replaceAfterMs, stop)
    }
    running.delete(number)
    stopping.abort()
  }
  const all = Promise.all(Array.from({ length: crew.threads }, (_, index) => keep(index + 1)))
  gate.opened.then(
    (begun) => begun ?? stopping.abort(),
    () => stopping.abort(),
  )
  const overdue = await Promise.race([all.then(() => false), deadline(crew.clock, stop)])
  if (overdue) return { kind: 'overdue', threads: [...running] }
  // fails with what kept the gate from opening
  await gate.opened
  if (gate.refusal !== undefined) return { kind: 'refused', refusal: gate.refusal }
  return death === undefined ? { kind: 'stopped' } : { kind: 'died', reason: death }
}

async function runOnce(
  { data, heapMiB, log, releaseFolders }: Crew,
  gate: StartGate,
  { number, endsApplication }: Pick<ThreadData, 'number' | 'endsApplication'>,
  stop: AbortSignal,
): Promise<Death | undefined> {
  const own = gate.dataFor(number, { ...data, endsApplication })
  const death = await runThread({ data: own, heapMiB, looked: gate.looked, begun: gate.opened, log }, stop)
  gate.threadEnded()
  releaseFolders(number)
  return death
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
