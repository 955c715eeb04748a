import { describeFailure, type HerokuFailure } from '../../heroku/failure.ts'
import { ApiFailure, failure } from '../api-status.ts'

/** Heroku's failure as the answer to whoever asked for something that only Heroku knows. */
export function herokuRefusal(error: HerokuFailure): ApiFailure {
  const words = describeFailure(error)
  if (error.kind === 'not-found') return new ApiFailure(failure('NotFound', words))
  if (error.kind !== 'rate-limited') return new ApiFailure(failure('ServiceUnavailable', words))
  return new ApiFailure(failure('TooManyRequests', words, { retryAfterSeconds: Math.ceil(error.retryAfterMs / 1000) }))
}
