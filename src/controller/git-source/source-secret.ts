import { Secret } from '../../base/secret.ts'
import type { GitCredentials } from '../../git/git.ts'
import type { JsonObject } from '../../record/record.ts'
import { isJsonObject } from './json.ts'

/** What most Git hosts take for the user where a token is the password: GitHub's documentation names this one. */
const tokenUser = 'x-access-token'

/** What opens the repository: `token`, or `username` and `password`, of a Secret's `data`. */
export function gitCredentialsOf(secret: JsonObject): GitCredentials | undefined {
  const password = valueOf(secret, 'token') ?? valueOf(secret, 'password')
  if (password === undefined) return undefined
  return { username: valueOf(secret, 'username') ?? tokenUser, password: new Secret(password) }
}

/** What the Git host signs its webhooks with: `webhook` of the same Secret. */
export function webhookSecretOf(secret: JsonObject): Secret | undefined {
  const text = valueOf(secret, 'webhook')
  return text === undefined ? undefined : new Secret(text)
}

/** The values of a Secret are base64 (Kubernetes' `v1.Secret`). A line break at the end is a file's and not the token's. */
function valueOf({ data }: JsonObject, name: string): string | undefined {
  const value = isJsonObject(data) ? data[name] : undefined
  const text = typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8').trim() : ''
  return text === '' ? undefined : text
}
