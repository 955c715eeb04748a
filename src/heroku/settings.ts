import { fail, ok, type Result } from '../base/result.ts'
import { Secret } from '../base/secret.ts'

/** Where Heroku is and who asks, from the variables that the `heroku` CLI reads, with the CLI's own rules. */
export interface HerokuSettings {
  readonly key: Secret
  /** Without a slash at the end. */
  readonly apiUrl: string
  readonly dataUrl: string
  /** The add-on service whose add-ons are Kafka clusters. */
  readonly kafkaService: string
}

type Environment = Readonly<Record<string, string | undefined>>

const herokuDomains = ['heroku.com', 'herokai.com', 'herokuspace.com', 'herokudev.com']

/**
 * The variable, or its double `WEIR_HEROKU_…`. Heroku keeps names that begin with
 * HEROKU_ to itself (Dev Center, "Configuration and Config Vars"), so a dyno is told under the other.
 */
export function herokuVariable(
  env: Environment,
  name: 'HEROKU_API_KEY' | 'HEROKU_HOST' | 'HEROKU_DATA_HOST' | 'HEROKU_KAFKA_ADDON_NAME',
): string {
  return env[name] || env[`WEIR_${name}`] || ''
}

/**
 * All mistakes at once. `HEROKU_HOST` may carry a scheme (then it is used as it is) or not (then `https://api.` is put
 * before it); `HEROKU_DATA_HOST` is `host[:port]` without one. The CLI falls back to its default where a host is not
 * Heroku's or this machine's; we stop instead, since a key must not go where nobody meant it to.
 */
export function readHerokuSettings(env: Environment): Result<HerokuSettings, readonly string[]> {
  const key = herokuVariable(env, 'HEROKU_API_KEY')
  const host = herokuVariable(env, 'HEROKU_HOST') || 'heroku.com'
  const dataHost = herokuVariable(env, 'HEROKU_DATA_HOST') || 'api.data.heroku.com'
  const mistakes = [...keyMistakes(key), ...hostMistakes(host), ...dataHostMistakes(dataHost)]
  if (mistakes.length > 0) return fail(mistakes)
  return ok({
    key: new Secret(key),
    apiUrl: (/^https?:\/\//.test(host) ? host : `https://api.${host}`).replace(/\/+$/, ''),
    dataUrl: `https://${dataHost.replace(/\/+$/, '')}`,
    kafkaService: herokuVariable(env, 'HEROKU_KAFKA_ADDON_NAME') || 'heroku-kafka',
  })
}

function keyMistakes(key: string): string[] {
  if (key === '') return ['HEROKU_API_KEY is not set. Do: export HEROKU_API_KEY=$(heroku auth:token)']
  return /^[\x21-\x7e]+$/.test(key) ? [] : ['HEROKU_API_KEY holds a space or a character that no key has']
}

function hostMistakes(host: string): string[] {
  if (isTrusted(host.replace(/^https?:\/\//, ''))) return []
  return [`HEROKU_HOST=${host} is neither Heroku's nor on this machine. Unset it, or say http://127.0.0.1:PORT`]
}

function dataHostMistakes(host: string): string[] {
  if (host.includes('://')) return [`HEROKU_DATA_HOST=${host} must be host[:port], without a scheme`]
  if (isTrusted(host)) return []
  return [`HEROKU_DATA_HOST=${host} is neither Heroku's nor on this machine. Unset it, or say 127.0.0.1:PORT`]
}

function isTrusted(address: string): boolean {
  const name = /^([\w.-]+)(:\d+)?\/*$/.exec(address)?.[1]
  if (name === undefined) return false
  if (name === 'localhost' || name === '127.0.0.1') return true
  return herokuDomains.some((domain) => name === domain || name.endsWith(`.${domain}`))
}
