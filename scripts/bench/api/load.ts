import { usageOf } from '../streams/process-tree.ts'
import type { Contender } from './contender.ts'

export interface Measured {
  readonly perSecond: number
  /** Of each request, in ms. */
  readonly latencies: readonly number[]
  /** CPU time of the server and its database for each request, in ms; NaN where nobody knows their processes. */
  readonly cpuMs: number
}

export interface Load {
  /** Requests under way at once, each on a connection of its own. */
  readonly concurrency: number
  readonly forMs: number
}

/** So many ask side by side, each again as soon as it was answered, until the time is up. */
export async function underLoad(
  { pids }: Contender,
  { concurrency, forMs }: Load,
  ask: (worker: number, turn: number) => Promise<unknown>,
): Promise<Measured> {
  const latencies: number[] = []
  const cpuBefore = cpuOf(pids)
  const begun = performance.now()
  const work = async (worker: number): Promise<void> => {
    for (let turn = 0; performance.now() - begun < forMs; turn += 1) {
      const askedAt = performance.now()
      await ask(worker, turn)
      latencies.push(performance.now() - askedAt)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, (_, worker) => work(worker)))
  const seconds = (performance.now() - begun) / 1000
  return {
    perSecond: latencies.length / seconds,
    latencies,
    cpuMs: pids.length === 0 ? Number.NaN : (cpuOf(pids) - cpuBefore) / latencies.length,
  }
}

/** In ms, of processes and all under them, so far. */
const cpuOf = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + usageOf(pid).cpuMs, 0)
