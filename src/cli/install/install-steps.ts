import { randomBytes } from 'node:crypto'
import { fail, ok, type Result } from '../../base/result.ts'
import type { HerokuApp, HerokuApps } from '../../heroku/apps.ts'
import { describeFailure, type HerokuFailure } from '../../heroku/failure.ts'
import type { ConfigVars, HerokuPlatform } from '../../heroku/platform.ts'
import { controlPlaneVars, isControlPlane } from './control-plane-vars.ts'
import { packageTarball } from './package-tarball.ts'

/** What a step works with; `say` tells a person that it goes on. */
export interface Installing {
  readonly name: string
  readonly apps: HerokuApps
  readonly platform: HerokuPlatform
  readonly say: (text: string) => void
  /** Looks again until there is an answer, or the time is over (undefined). */
  readonly until: <T>(
    look: () => Promise<Result<T | undefined, HerokuFailure>>,
  ) => Promise<Result<T | undefined, HerokuFailure>>
  readonly signal: AbortSignal
}

/** What went wrong, in words, and whether waiting longer might help. */
export interface Mishap {
  readonly kind: 'failure' | 'refusal' | 'timeout'
  readonly message: string
}

type Step<T> = Promise<Result<T, Mishap>>

const failed = (failure: HerokuFailure): Result<never, Mishap> =>
  fail({ kind: 'failure', message: describeFailure(failure) })
const late = (message: string): Result<never, Mishap> => fail({ kind: 'timeout', message })

/** The app, made where it is not there. An app of the name that is no control plane is somebody's own. */
export async function makeApp({ name, apps, platform, say, signal }: Installing): Step<HerokuApp> {
  const there = await apps.app(name, signal)
  if (!there.ok) {
    if (there.error.kind !== 'not-found') return failed(there.error)
    say(`creating app ${name}`)
    const made = await apps.createApp(name, signal)
    return made.ok ? made : failed(made.error)
  }
  const [vars, release] = await Promise.all([platform.configVars(name, signal), platform.currentRelease(name, signal)])
  if (!vars.ok) return failed(vars.error)
  if (!release.ok) return failed(release.error)
  if (isControlPlane(vars.value) || release.value?.hasSlug !== true) return there
  const message = `app ${name} is there, runs something, and is no control plane: it has no WEIR_TOKEN. Say another name`
  return fail({ kind: 'refusal', message })
}

/** Postgres, unless the app has a database already. It is there once `DATABASE_URL` is. */
export async function makeDatabase(plan: string, { name, apps, platform, say, until, signal }: Installing): Step<void> {
  const vars = await platform.configVars(name, signal)
  if (!vars.ok) return failed(vars.error)
  if (vars.value['DATABASE_URL'] !== undefined) return ok(undefined)
  const addons = await apps.addons(name, signal)
  if (!addons.ok) return failed(addons.error)
  if (!addons.value.some((addon) => addon.plan.startsWith('heroku-postgresql'))) {
    say(`creating ${plan}`)
    const made = await apps.createAddon(name, plan, signal)
    if (!made.ok) return failed(made.error)
  }
  say('waiting for DATABASE_URL')
  const found = await until(async () => {
    const seen = await platform.configVars(name, signal)
    return seen.ok ? ok(seen.value['DATABASE_URL']) : seen
  })
  if (!found.ok) return failed(found.error)
  return found.value === undefined ? late('Postgres is not there yet') : ok(undefined)
}

export interface Settings {
  readonly url: string
  readonly apiKey: string
  readonly databaseUrl: string | undefined
  readonly hosts: ConfigVars
}

/** What both dynos read; answers all config vars. */
export async function setVars(settings: Settings, { name, platform, say, signal }: Installing): Step<ConfigVars> {
  const live = await platform.configVars(name, signal)
  if (!live.ok) return failed(live.error)
  const random = (): string => randomBytes(32).toString('hex')
  const missing = controlPlaneVars(live.value, { ...settings, token: random(), hookSecret: random() })
  if (Object.keys(missing).length === 0) return live
  say(`setting ${Object.keys(missing).join(', ')}`)
  const set = await platform.patchConfigVars(name, missing, signal)
  return set.ok ? set : failed(set.error)
}

export interface Deploy {
  /** A tarball's address; undefined: this very package. */
  readonly source: string | undefined
  readonly version: string
  /** Also where the app runs something already. */
  readonly isForced: boolean
}

/** Answers whether anything was built. */
export async function deploy({ source, version, isForced }: Deploy, installing: Installing): Step<boolean> {
  const { name, platform, signal } = installing
  const release = await platform.currentRelease(name, signal)
  if (!release.ok) return failed(release.error)
  if (release.value?.hasSlug === true && !isForced) return ok(false)
  const url = source === undefined ? await upload(installing) : ok(source)
  return url.ok ? build({ url: url.value, version }, installing) : url
}

async function build(
  source: { readonly url: string; readonly version: string },
  { name, apps, say, until, signal }: Installing,
): Step<boolean> {
  say('building')
  const started = await apps.createBuild(name, source, signal)
  if (!started.ok) return failed(started.error)
  const { id } = started.value
  const ended = await until(async () => {
    const seen = await apps.build(name, id, signal)
    return seen.ok ? ok(seen.value.status === 'pending' ? undefined : seen.value.status) : seen
  })
  if (!ended.ok) return failed(ended.error)
  if (ended.value === undefined) return late(`build ${id} goes on`)
  const message = `build ${id} failed; its output: heroku builds:output ${id} -a ${name}`
  return ended.value === 'succeeded' ? ok(true) : fail({ kind: 'refusal', message })
}

async function upload({ name, apps, say, signal }: Installing): Step<string> {
  const source = await apps.createSource(name, signal)
  if (!source.ok) return failed(source.error)
  const tarball = await packageTarball()
  say(`uploading ${Math.round(tarball.byteLength / 1024)} kB`)
  // Heroku's address is a signed one of S3: it takes the bytes without a key, and no Content-Type.
  const sent = await fetch(source.value.putUrl, { method: 'PUT', body: tarball, signal }).catch((cause: unknown) => {
    signal.throwIfAborted()
    return cause
  })
  if (sent instanceof Response && sent.ok) return ok(source.value.getUrl)
  const why = sent instanceof Response ? `was answered with ${sent.status}` : 'was cut off'
  return fail({ kind: 'failure', message: `the upload ${why}. Check the network, and try again` })
}

/** One web dyno and one clock dyno of one size (Heroku mixes not all of them), and waits until both run. */
export async function run(size: string, { name, platform, say, until, signal }: Installing): Step<void> {
  const formation = await platform.formation(name, signal)
  if (!formation.ok) return failed(formation.error)
  const types = ['web', 'clock']
  const idle = types.filter((type) => formation.value.find((process) => process.type === type)?.quantity !== 1)
  if (idle.length > 0) {
    say(`starting ${types.join(' and ')}`)
    const updates = types.map((type) => ({ type, quantity: 1, size }))
    const started = await platform.patchFormation(name, updates, signal)
    if (!started.ok) return failed(started.error)
  }
  const up = await until(async () => {
    const dynos = await platform.dynos(name, signal)
    if (!dynos.ok) return dynos
    const isUp = types.every((type) => dynos.value.some((dyno) => dyno.type === type && dyno.state === 'up'))
    return ok(isUp ? true : undefined)
  })
  if (!up.ok) return failed(up.error)
  return up.value === undefined ? late(`its dynos are not up yet: heroku logs -a ${name}`) : ok(undefined)
}
