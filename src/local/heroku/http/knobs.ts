import type { RateLimit } from './rate-limit.ts'

interface LoggedRequest {
  readonly host: 'platform' | 'data'
  readonly method: string
  /** With its query, without credentials. */
  readonly path: string
  readonly status: number
}

/** What a fault does with one call instead of, or after, answering it. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly body?: unknown }
  /** The connection ends without an answer and nothing was done. */
  | { readonly kind: 'drop' }
  /** The work is done and the answer is lost. */
  | { readonly kind: 'lose-answer' }
  /** The answer comes late: the client may have given up. */
  | { readonly kind: 'delay'; readonly ms: number }

/** Asked for each call; null leaves it alone. */
export type FaultRule = (request: {
  readonly host: 'platform' | 'data'
  readonly method: string
  readonly path: string
}) => Fault | null

/** What a test turns while the emulator runs. */
export interface Knobs {
  /** Every call, oldest first; `splice` or set `length` to forget. */
  readonly requests: LoggedRequest[]
  readonly rateLimit: RateLimit
  /** Added to every call, in milliseconds of the clock. */
  latencyMs: number
  fault: FaultRule
  /** The data API's 404 without a body: with one, the real `kafka:wait` never ends. */
  emptyNotFound: boolean
  /** Restarts every dyno of an app as Heroku's daily cycling does. */
  dailyRestart(app: string): void
  /** Resolves when no add-on, topic, group, build or webhook is under way. */
  settled(): Promise<void>
}
