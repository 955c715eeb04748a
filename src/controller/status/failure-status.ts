import { describeFailure, type HerokuFailure } from '../../heroku/failure.ts'
import type { Reason } from './reasons.ts'
import type { Condition } from './status.ts'

/** Heroku's failures as reasons. */
const reasonOf: Readonly<Record<HerokuFailure['kind'], Reason>> = {
  unreachable: 'HerokuUnreachable',
  unauthorised: 'Unauthorised',
  forbidden: 'Forbidden',
  'not-found': 'NotFound',
  invalid: 'HerokuRefused',
  conflict: 'HerokuBusy',
  'rate-limited': 'BudgetExhausted',
  unavailable: 'HerokuUnavailable',
  malformed: 'HerokuUnclear',
}

/** What is known when Heroku did not answer: not that something is wrong, but that nobody can see. */
export function failureConditions(failure: HerokuFailure): readonly Condition[] {
  return [
    { type: 'Ready', status: 'Unknown', reason: reasonOf[failure.kind], message: describeFailure(failure) },
    { type: 'Reconciling', status: 'True', reason: reasonOf[failure.kind], message: 'it is tried again by itself' },
  ]
}
