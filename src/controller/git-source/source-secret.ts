import { Secret } from '../../base/secret.ts'
import type { GitCredentials } from '../../git/git.ts'
import type { JsonObject } from '../../record/record.ts'
import { secretValue } from '../../record/secret-value.ts'

/** What most Git hosts take for the user where a token is the password: GitHub's documentation names this one. */
const tokenUser = 'x-access-token'

/** What opens the repository: `token`, or `username` and `password`, of a Secret's `data`. */
export function gitCredentialsOf(secret: JsonObject): GitCredentials | undefined {
  const password = secretValue(secret, 'token') ?? secretValue(secret, 'password')
  if (password === undefined) return undefined
  return { username: secretValue(secret, 'username') ?? tokenUser, password: new Secret(password) }
}

/** What the Git host signs its webhooks with: `webhook` of the same Secret. */
export function webhookSecretOf(secret: JsonObject): Secret | undefined {
  const text = secretValue(secret, 'webhook')
  return text === undefined ? undefined : new Secret(text)
}
