import { fail, ok, type Result } from '../base/result.ts'
import type { Schedule } from '../base/schedule.ts'
import { Secret } from '../base/secret.ts'
import { readHerokuSettings, type HerokuSettings } from '../heroku/settings.ts'

export interface ControllerConfig {
  readonly heroku: HerokuSettings
  readonly databaseUrl: string
  /** Names this process among those that would lead. */
  readonly holder: string
  /** Passes side by side. */
  readonly workers: number
  /** When everything is looked at again: a cron expression, UTC. */
  readonly resync: string
  /** How long it is known who wrote what. */
  readonly auditDays: number
  /** Where Heroku's webhooks reach the API, and what their secrets follow from. Undefined: nobody registers any. */
  readonly hooks: { readonly publicUrl: string; readonly secret: Secret } | undefined
  /** Where `/livez`, `/readyz` and `/metrics` are served. Undefined: nowhere. */
  readonly probes: { readonly host: string; readonly port: number } | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads every setting at once and reports every mistake at once. `main.ts` hands in the environment. */
export function parseControllerConfig(
  env: Environment,
  schedule: Pick<Schedule, 'isValid'>,
  processId: number,
): Result<ControllerConfig, readonly string[]> {
  const heroku = readHerokuSettings(env)
  const databaseUrl = env['DATABASE_URL'] ?? ''
  const workers = Number(env['WEIR_WORKERS'] ?? '8')
  const resync = env['WEIR_RESYNC'] ?? '*/10 * * * *'
  const auditDays = Number(env['WEIR_AUDIT_DAYS'] ?? '90')
  const mistakes = [
    ...(heroku.ok ? [] : heroku.error),
    ...databaseMistakes(databaseUrl),
    ...workerMistakes(workers),
    ...resyncMistakes(resync, schedule),
    ...auditMistakes(auditDays),
    ...hookMistakes(env),
    ...probeMistakes(env),
  ]
  if (!heroku.ok || mistakes.length > 0) return fail(mistakes)
  const hooks = hooksIn(env)
  return ok({
    heroku: heroku.value,
    databaseUrl,
    holder: `${env['DYNO'] ?? 'local'}/${processId}`,
    workers,
    resync,
    auditDays,
    hooks,
    probes: probesIn(env),
  })
}

function workerMistakes(workers: number): string[] {
  const isRight = Number.isInteger(workers) && workers >= 1 && workers <= 100
  return isRight ? [] : ['WEIR_WORKERS must be a whole number from 1 to 100']
}

function resyncMistakes(resync: string, schedule: Pick<Schedule, 'isValid'>): string[] {
  if (schedule.isValid(resync)) return []
  return [`WEIR_RESYNC=${resync} is no cron expression. Write five fields, like */10 * * * *`]
}

function auditMistakes(days: number): string[] {
  const isRight = Number.isInteger(days) && days >= 1 && days <= 36_500
  return isRight ? [] : ['WEIR_AUDIT_DAYS must be a whole number of days from 1 to 36500']
}

function databaseMistakes(url: string): string[] {
  if (url === '')
    return ['DATABASE_URL is not set. Do: heroku addons:create heroku-postgresql, or on this machine name a Postgres']
  if (!URL.canParse(url)) return ['DATABASE_URL is no URL. It reads postgres://user:password@host:port/database']
  return /^postgres(ql)?:$/.test(new URL(url).protocol) ? [] : ['DATABASE_URL must begin with postgres://']
}

/** A clock dyno is reached by nobody; on a machine or in a space something may ask it. */
function probesIn(env: Environment): ControllerConfig['probes'] {
  const [port = '', host = ''] = [env['WEIR_METRICS_PORT'], env['WEIR_METRICS_HOST']]
  return port === '' ? undefined : { host: host === '' ? '127.0.0.1' : host, port: Number(port) }
}

function probeMistakes(env: Environment): string[] {
  const port = Number(env['WEIR_METRICS_PORT'] ?? '0')
  const isRight = Number.isInteger(port) && port >= 0 && port <= 65_535
  return isRight ? [] : ['WEIR_METRICS_PORT must be a whole number from 0 to 65535']
}

/** Both or neither: a webhook nobody can check is of no use. */
function hooksIn(env: Environment): ControllerConfig['hooks'] {
  const [url = '', secret = ''] = [env['WEIR_URL'], env['WEIR_HOOK_SECRET']]
  return url === '' || secret === '' ? undefined : { publicUrl: url.replace(/\/+$/, ''), secret: new Secret(secret) }
}

function hookMistakes(env: Environment): string[] {
  const [url = '', secret = ''] = [env['WEIR_URL'], env['WEIR_HOOK_SECRET']]
  if ((url === '') !== (secret === '')) return ['WEIR_URL and WEIR_HOOK_SECRET go together: set both, or neither']
  return url === '' || URL.canParse(url)
    ? []
    : ['WEIR_URL is no URL. It is where the web dyno is reached: https://APP.herokuapp.com']
}
