import type { MessagePort } from 'node:worker_threads'
import type { HeartbeatSetting } from '../../kafka/wire/group/pulse.ts'
import type { ThreadReport } from '../metrics/thread-report.ts'
import type { UncaughtAnswer } from '../task/error-plan.ts'
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
  /** It is started to ask the group for the end of the whole application. */
  readonly endsApplication: boolean
}

export type FromThread = { readonly kind: 'stopped' } | Death | News | HeartWanted

/** The main thread is to beat for this thread's member, until the line is closed. */
interface HeartWanted {
  readonly kind: 'heart'
  readonly setting: HeartbeatSetting
  readonly line: MessagePort
}

/** How a thread ended that was not asked to. */
export interface Death {
  readonly kind: 'died'
  readonly reason: string
  /** What its own handler said; undefined: it has none. */
  readonly answer?: UncaughtAnswer
}

/** What a thread says while it runs. */
export type News =
  | { readonly kind: 'report'; readonly report: ThreadReport }
  | { readonly kind: 'answer'; readonly id: number; readonly answers: readonly TaskAnswer[] }

export type ToThread =
  | { readonly kind: 'stop' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
