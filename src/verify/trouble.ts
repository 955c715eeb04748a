import type { HerokuFailure } from '../heroku/failure.ts'

/** What happens to one call of the controller to Heroku. */
export type Disturbance =
  /** The process dies: before the call leaves, once it took effect, or once it was answered and before anything is saved. */
  | { readonly kind: 'crash'; readonly when: 'before' | 'after' | 'unsaved' }
  | {
      readonly kind: 'fails'
      readonly failure: (call: string) => HerokuFailure
      readonly effect: boolean
      readonly afterMs: number
    }
  | { readonly kind: 'slow'; readonly afterMs: number }
  /** This look and the next ones of its kind see what was there before the last write. */
  | { readonly kind: 'stale'; readonly looks: number }
  /** The process is stopped, long enough to lose its lease: with the call still to go out, or with its answer waiting. */
  | { readonly kind: 'stall'; readonly when: 'before' | 'after'; readonly forMs: number }

const invalid = (call: string): HerokuFailure => ({ kind: 'invalid', call, said: 'a fault of the simulation' })
const unavailable =
  (status: number) =>
  (call: string): HerokuFailure => ({ kind: 'unavailable', call, status, said: 'a fault of the simulation' })
const unreachable =
  (reason: string) =>
  (call: string): HerokuFailure => ({ kind: 'unreachable', call, host: 'simulated', reason })

type Failure = (call: string) => HerokuFailure
const refused = (failure: Failure, afterMs = 0): Disturbance => ({ kind: 'fails', failure, effect: false, afterMs })
const unsure = (failure: Failure, afterMs = 0): Disturbance => ({ kind: 'fails', failure, effect: true, afterMs })

/** Beyond the HTTP client's own patience. */
const timeOutMs = 30_000

export const callTroubles = {
  'crash-before': { kind: 'crash', when: 'before' },
  'crash-after': { kind: 'crash', when: 'after' },
  'crash-unsaved': { kind: 'crash', when: 'unsaved' },
  '401': refused((call) => ({ kind: 'unauthorised', call })),
  '403': refused((call) => ({ kind: 'forbidden', call, said: 'a fault of the simulation' })),
  '409': refused((call) => ({ kind: 'conflict', call, said: 'a fault of the simulation' })),
  '422': refused(invalid),
  '429': refused((call) => ({ kind: 'rate-limited', call, retryAfterMs: 60_000 })),
  '500': refused(unavailable(500)),
  '500-done': unsure(unavailable(500)),
  '503': refused(unavailable(503)),
  'time-out': refused(unreachable('timeout of 30000ms exceeded'), timeOutMs),
  'time-out-done': unsure(unreachable('timeout of 30000ms exceeded'), timeOutMs),
  truncated: unsure(unreachable('aborted (ERR_BAD_RESPONSE)')),
  garbled: unsure((call) => ({ kind: 'malformed', call, detail: 'a fault of the simulation' })),
  slow: { kind: 'slow', afterMs: 20_000 },
  stale: { kind: 'stale', looks: 3 },
  'stall-before': { kind: 'stall', when: 'before', forMs: 40_000 },
  'stall-after': { kind: 'stall', when: 'after', forMs: 40_000 },
} as const satisfies Readonly<Record<string, Disturbance>>

export const recordTroubles = ['record-crash-before', 'record-crash-after', 'record-lost', 'record-unsure'] as const
export const noticeTroubles = ['notice-lost', 'notice-late', 'notice-twice'] as const

export type CallTrouble = keyof typeof callTroubles
export type RecordTrouble = (typeof recordTroubles)[number]
export type NoticeTrouble = (typeof noticeTroubles)[number]

/** One thing that goes wrong: at which call to Heroku, use of the record, or notice of a write, counted from 0. */
export interface Trouble {
  readonly kind: CallTrouble | RecordTrouble | NoticeTrouble
  readonly at: number
}

export function isCallTrouble(kind: string): kind is CallTrouble {
  return Object.hasOwn(callTroubles, kind)
}

export function isRecordTrouble(kind: string): kind is RecordTrouble {
  return recordTroubles.some((known) => known === kind)
}

export function isNoticeTrouble(kind: string): kind is NoticeTrouble {
  return noticeTroubles.some((known) => known === kind)
}

export function isTroubleKind(kind: string): kind is Trouble['kind'] {
  return isCallTrouble(kind) || isRecordTrouble(kind) || isNoticeTrouble(kind)
}

/** Whether somebody who reads may be told of a world that is no more, or write into one that has moved on. */
export function misleads({ kind }: Trouble): boolean {
  return kind === 'stale' || kind === 'stall-before'
}
