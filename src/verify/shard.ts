import { parentPort, workerData } from 'node:worker_threads'
import type { StreamApp } from '../resource/stream-app.ts'
import { Verifier, type Failure, type Verdict, type Verification } from './verify.ts'

/** What a thread that plays its share of the plans is given, and what it says. */
export interface Share {
  readonly app: StreamApp
  readonly what: Verification
}

export type Word =
  | { readonly kind: 'played'; readonly plans: number; readonly of: number }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'ended'; readonly verdict: Verdict }

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
const say = (word: Word): void => parentPort?.postMessage(word)
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `verifyTogether` gives nothing else
const { app, what } = workerData as Share
const verdict = await new Verifier(app).verify(what, {
  played: (plans, of) => {
    if (plans % 20 === 0 || plans === of) say({ kind: 'played', plans, of })
  },
  failed: (failure) => say({ kind: 'failed', failure }),
})
say({ kind: 'ended', verdict })
