import { fail, ok, type Result } from '../base/result.ts'
import { herokuVariable, readHerokuSettings, type HerokuSettings } from '../heroku/settings.ts'
import { Secret } from '../base/secret.ts'
import type { UserLimits } from './http/user-shares.ts'

export interface ServerConfig {
  readonly databaseUrl: string
  readonly port: number
  /** Who holds it may do everything: it gives others their tokens. */
  readonly token: Secret
  /** Shared with the controller, which registers the webhooks. Undefined: none is taken. */
  readonly hookSecret: Secret | undefined
  readonly userLimits: UserLimits
  /** Where dynos are looked at. Undefined: no pods are shown. */
  readonly heroku: HerokuSettings | undefined
}

const shortestToken = 20

/** A person with kubectl is far below; a script that is not gets told to wait. */
const usualLimits: UserLimits = { perSecond: 100, atOnce: 100 }

/** Reads every setting at once and reports every mistake at once. `main.ts` hands in the environment. */
export function parseServerConfig(
  env: Readonly<Record<string, string | undefined>>,
): Result<ServerConfig, readonly string[]> {
  const databaseUrl = env['DATABASE_URL'] ?? ''
  const port = Number(env['PORT'] ?? '8443')
  const token = env['WEIR_TOKEN'] ?? ''
  const heroku = herokuIn(env)
  const userLimits = userLimitsIn(env)
  const mistakes = [
    ...databaseMistakes(databaseUrl),
    ...portMistakes(port),
    ...tokenMistakes(token),
    ...limitMistakes(userLimits),
    ...(heroku.ok ? [] : heroku.error),
  ]
  if (mistakes.length > 0 || !heroku.ok) return fail(mistakes)
  return ok({
    databaseUrl,
    port,
    token: new Secret(token),
    hookSecret: hookSecretIn(env),
    userLimits,
    heroku: heroku.value,
  })
}

function databaseMistakes(url: string): readonly string[] {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return []
  return [
    'DATABASE_URL must read postgres://user:password@host:port/database. Do: heroku addons:create heroku-postgresql',
  ]
}

function portMistakes(port: number): readonly string[] {
  const isPort = Number.isInteger(port) && port >= 0 && port < 65_536
  return isPort ? [] : ['PORT must be a whole number from 0 to 65535']
}

function tokenMistakes(token: string): readonly string[] {
  if (token.length >= shortestToken) return []
  return [
    `WEIR_TOKEN must have ${shortestToken} characters or more. Do: heroku config:set WEIR_TOKEN=$(openssl rand -hex 32)`,
  ]
}

function userLimitsIn(env: Readonly<Record<string, string | undefined>>): UserLimits {
  return {
    perSecond: Number(env['WEIR_USER_REQUESTS_PER_SECOND'] ?? usualLimits.perSecond),
    atOnce: Number(env['WEIR_USER_REQUESTS_AT_ONCE'] ?? usualLimits.atOnce),
  }
}

function limitMistakes({ perSecond, atOnce }: UserLimits): readonly string[] {
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1
  return [
    ...(isCount(perSecond) ? [] : ['WEIR_USER_REQUESTS_PER_SECOND must be a whole number, 1 or more']),
    ...(isCount(atOnce) ? [] : ['WEIR_USER_REQUESTS_AT_ONCE must be a whole number, 1 or more']),
  ]
}

function hookSecretIn(env: Readonly<Record<string, string | undefined>>): Secret | undefined {
  const secret = env['WEIR_HOOK_SECRET'] ?? ''
  return secret === '' ? undefined : new Secret(secret)
}

function herokuIn(
  env: Readonly<Record<string, string | undefined>>,
): Result<HerokuSettings | undefined, readonly string[]> {
  return herokuVariable(env, 'HEROKU_API_KEY') === '' ? ok(undefined) : readHerokuSettings(env)
}
