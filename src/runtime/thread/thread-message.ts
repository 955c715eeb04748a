import type { ThreadReport } from '../metrics/thread-report.ts'
import type { Question, TaskAnswer } from '../query/question.ts'

/** What a worker thread is started with. */
export interface ThreadData {
  /** The user's topology, imported by each thread for itself. */
  readonly file: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly number: number
  /** A text that no other start of a process has. */
  readonly start: string
  readonly logLevel: string
}

export type FromThread = { readonly kind: 'stopped' } | { readonly kind: 'died'; readonly reason: string } | News

/** What a thread says while it runs. */
export type News =
  | { readonly kind: 'report'; readonly report: ThreadReport }
  | { readonly kind: 'answer'; readonly id: number; readonly answers: readonly TaskAnswer[] }

export type ToThread =
  | { readonly kind: 'stop' }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
