import type { MessagePort } from 'node:worker_threads'
import type { HeartbeatSetting } from '../../kafka/wire/group/pulse.ts'
import type { ThreadReport } from '../metrics/thread-report.ts'
import type { UncaughtAnswer } from '../task/error-plan.ts'
import type { Question, TaskAnswer } from '../query/question.ts'
import type { Unfit } from './check-start.ts'

/** What a worker thread is started with. */
export interface ThreadData {
  /** The user's topology, imported by each thread for itself. */
  readonly file: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly number: number
  /** A text that no other start of a process has. */
  readonly start: string
  readonly logLevel: string
  /** Pages of memory-mapped stores that may count for the process on this thread's account; undefined: all. */
  readonly pageBytes: number | undefined
  /** It is started to ask the group for the end of the whole application. */
  readonly endsApplication: boolean
  /**
   * What comes before it joins the group: it looks whether a worker can run here and says so, it waits for the thread that looks,
   * or nothing does, since the others have begun.
   */
  readonly before: 'look' | 'wait' | 'nothing'
}

export type FromThread =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'looked'; readonly found: Found }
  | Death
  | News
  | HeartWanted

/** What the look before the start found. */
export type Found = { readonly kind: 'fit' } | Unfit | Broken

/** The user's file could not be loaded, or what looks broke. */
interface Broken {
  readonly kind: 'broken'
  /** The error with its stack. */
  readonly text: string
}

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
  /** To all that look or wait: join the group, with these config vars beside those that they were started with. */
  | { readonly kind: 'begin'; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
