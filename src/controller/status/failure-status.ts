import { describeFailure, type HerokuFailure } from '../../heroku/failure.ts'
import type { Condition } from './status.ts'

/** Heroku's failures as reasons: PascalCase, the same words in conditions, events and log. */
const reasons: Readonly<Record<HerokuFailure['kind'], string>> = {
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
    { type: 'Ready', status: 'Unknown', reason: reasons[failure.kind], message: describeFailure(failure) },
    { type: 'Reconciling', status: 'True', reason: reasons[failure.kind], message: 'it is tried again by itself' },
  ]
}
