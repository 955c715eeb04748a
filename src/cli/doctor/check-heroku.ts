import { describeFailure } from '../../heroku/failure.ts'
import type { Heroku } from '../../heroku/open-heroku.ts'
import { doubtful, well, wrong, type Check } from './check.ts'

/** The login, and how many calls the account has left. */
export async function checkLogin({ apps, remaining }: Heroku, signal: AbortSignal): Promise<readonly Check[]> {
  const account = await apps?.account(signal)
  if (account === undefined) return []
  if (!account.ok) {
    const isKey = account.error.kind === 'unauthorised' || account.error.kind === 'forbidden'
    const todo = isKey ? 'export HEROKU_API_KEY=$(heroku auth:token)' : 'weir doctor again, once that is so'
    return [wrong('Heroku login', describeFailure(account.error), todo)]
  }
  return [well('Heroku login', account.value.email), checkBudget(remaining())]
}

/** Heroku gives an account 4,500 calls an hour: Dev Center, "Platform API Reference", Rate Limits. */
export function checkBudget(remaining: number | undefined): Check {
  if (remaining === undefined) return well('Calls to Heroku', 'not limited here')
  return remaining >= 300
    ? well('Calls to Heroku', `${remaining} left`)
    : doubtful('Calls to Heroku', `${remaining} left`, 'wait: about 75 a minute come back')
}
