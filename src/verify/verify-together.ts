import { Worker } from 'node:worker_threads'
import type { StreamApp } from '../resource/stream-app.ts'
import type { Share, Word } from './shard.ts'
import type { Failure, Verdict, Verification, Watcher } from './verify.ts'

export type Together = Pick<Verification, 'seed' | 'plans'> & { readonly threads: number }

/** Plays the plans in several threads, each its share. */
export async function verifyTogether(
  app: StreamApp,
  { threads, ...what }: Together,
  watcher: Watcher,
): Promise<Verdict> {
  const progress = Array.from({ length: threads }, () => ({ plans: 0, of: 0 }))
  const sum = (of: (one: { plans: number; of: number }) => number): number =>
    progress.reduce((total, one) => total + of(one), 0)
  const verdicts = await Promise.all(
    progress.map((mine, shard) =>
      runShard({ app, what: { ...what, shard, of: threads, withDays: true } }, (word) => {
        if (word.kind === 'failed') watcher.failed(word.failure)
        if (word.kind !== 'played') return
        Object.assign(mine, { plans: word.plans, of: word.of })
        watcher.played(
          sum(({ plans }) => plans),
          sum(({ of }) => of),
        )
      }),
    ),
  )
  return {
    plans: verdicts.reduce((total, { plans }) => total + plans, 0),
    converged: verdicts.reduce((total, { converged }) => total + converged, 0),
    failures: verdicts.flatMap(({ failures }): readonly Failure[] => failures),
  }
}

function runShard(share: Share, hear: (word: Word) => void): Promise<Verdict> {
  const worker = new Worker(new URL('./shard.ts', import.meta.url), { workerData: share })
  return new Promise((resolve, reject) => {
    worker.on('message', (word: Word) => {
      hear(word)
      if (word.kind === 'ended') resolve(word.verdict)
    })
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a thread of the verification ended early (${code})`)))
  })
}
