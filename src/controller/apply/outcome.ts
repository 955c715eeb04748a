import type { HerokuFailure } from '../../heroku/failure.ts'
import type { Change } from '../plan/change.ts'
import type { Refusal } from '../plan/plan.ts'

/** How an apply ended. What was done stays done; the next apply goes on from there. */
export type Outcome =
  | { readonly kind: 'done'; readonly done: readonly Change[] }
  | { readonly kind: 'failed'; readonly done: readonly Change[]; readonly failure: HerokuFailure }
  /** Accepted by Heroku, and not there within the time given. */
  | {
      readonly kind: 'timed-out'
      readonly done: readonly Change[]
      readonly waitingFor: readonly string[]
      readonly waitedMs: number
    }
  /** Heroku made something else than was asked for. */
  | { readonly kind: 'contradicted'; readonly done: readonly Change[]; readonly message: string }
  /** Nothing was written: the plan was made from what is no longer so, or another controller leads. */
  | { readonly kind: 'superseded'; readonly done: readonly [] }
  /** Nothing was written. */
  | { readonly kind: 'refused'; readonly done: readonly []; readonly refusals: readonly Refusal[] }
