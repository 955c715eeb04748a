import type * as Heroku from '@heroku-cli/schema'
import type { HttpCall, HttpClient } from './http-client.ts'
import { listPages } from './list-pages.ts'
import type {
  Answer,
  Attachment,
  ConfigVars,
  FormationUpdate,
  HerokuPlatform,
  ProcessFormation,
  Release,
  RunningDyno,
} from './platform.ts'
import { list, number, orNull, record, text } from './shape.ts'

const version3 = 'application/vnd.heroku+json; version=3'

/** The Platform API over http. Paths and shapes: the published hyper-schema of version 3. */
export class PlatformClient implements HerokuPlatform {
  readonly #http: HttpClient

  constructor(http: HttpClient) {
    this.#http = http
  }

  formation(app: string, signal: AbortSignal): Answer<readonly ProcessFormation[]> {
    return listPages(this.#http, get(`/apps/${encodeURIComponent(app)}/formation`), readFormation, signal)
  }

  configVars(app: string, signal: AbortSignal): Answer<ConfigVars> {
    return this.#http.ask(
      get(`/apps/${encodeURIComponent(app)}/config-vars`),
      ({ body }) => readConfigVars(body),
      signal,
    )
  }

  attachments(app: string, signal: AbortSignal): Answer<readonly Attachment[]> {
    const call = get(`/apps/${encodeURIComponent(app)}/addon-attachments`, {
      'Accept-Inclusion': 'addon:plan,config_vars',
    })
    return listPages(this.#http, call, readAttachment, signal)
  }

  dynos(app: string, signal: AbortSignal): Answer<readonly RunningDyno[]> {
    return listPages(this.#http, get(`/apps/${encodeURIComponent(app)}/dynos`), readDyno, signal)
  }

  currentRelease(app: string, signal: AbortSignal): Answer<Release | null> {
    const call = get(`/apps/${encodeURIComponent(app)}/releases`, { Range: 'version ..; max=1, order=desc' })
    return this.#http.ask(call, ({ body }) => list(body, 'releases', readRelease)[0] ?? null, signal)
  }

  patchConfigVars(
    app: string,
    patch: Readonly<Record<string, string | null>>,
    signal: AbortSignal,
  ): Answer<ConfigVars> {
    const call = {
      method: 'PATCH',
      path: `/apps/${encodeURIComponent(app)}/config-vars`,
      accept: version3,
      body: patch,
    } as const
    return this.#http.ask(call, ({ body }) => readConfigVars(body), signal)
  }

  patchFormation(
    app: string,
    updates: readonly FormationUpdate[],
    signal: AbortSignal,
  ): Answer<readonly ProcessFormation[]> {
    const call = {
      method: 'PATCH',
      path: `/apps/${encodeURIComponent(app)}/formation`,
      accept: version3,
      body: { updates: updates.map(updateBody) },
    } as const
    return this.#http.ask(call, ({ body }) => list(body, 'formation', readFormation), signal)
  }
}

function get(path: string, headers: Readonly<Record<string, string>> = {}): HttpCall {
  return { method: 'GET', path, accept: version3, headers }
}

/** What the schema calls `dyno_size`; the CLI's `size` is accepted, too, but is not in the schema. */
function updateBody({ type, quantity, size }: FormationUpdate): Record<string, unknown> {
  return { type, quantity, ...(size === undefined ? {} : { dyno_size: { name: size } }) }
}

/** The field names of Heroku's own type, each still unknown: a misspelt one does not compile. */
type Fields<T> = { readonly [Key in keyof T as string extends Key ? never : Key]?: unknown }

function readFormation(value: unknown, at: string): ProcessFormation {
  const { type, quantity, size }: Fields<Heroku.Formation> = record(value, at)
  return {
    type: text(type, `${at}.type`),
    quantity: number(quantity, `${at}.quantity`),
    size: text(size, `${at}.size`),
  }
}

function readConfigVars(body: unknown): ConfigVars {
  return Object.fromEntries(
    Object.entries(record(body, 'config vars')).map(([name, value]) => [name, text(value, `config var ${name}`)]),
  )
}

/** Widened by `Accept-Inclusion`: `addon.plan` and `config_vars` are in no published type. */
function readAttachment(value: unknown, at: string): Attachment {
  const { name, addon }: Fields<Heroku.AddOnAttachment> = record(value, at)
  const owner = record(addon, `${at}.addon`)
  return {
    name: text(name, `${at}.name`),
    addon: { id: text(owner['id'], `${at}.addon.id`), name: text(owner['name'], `${at}.addon.name`) },
    plan: text(record(owner['plan'], `${at}.addon.plan`)['name'], `${at}.addon.plan.name`),
    configVars: list(record(value, at)['config_vars'], `${at}.config_vars`, text),
  }
}

function readDyno(value: unknown, at: string): RunningDyno {
  const { name, type, state, release, size }: Fields<Heroku.Dyno> = record(value, at)
  return {
    name: text(name, `${at}.name`),
    type: text(type, `${at}.type`),
    state: text(state, `${at}.state`),
    releaseVersion: number(record(release, `${at}.release`)['version'], `${at}.release.version`),
    size: text(size, `${at}.size`),
  }
}

function readRelease(value: unknown, at: string): Release {
  const { version, status, slug, user, description }: Fields<Heroku.Release> = record(value, at)
  return {
    version: number(version, `${at}.version`),
    status: text(status, `${at}.status`),
    hasSlug: orNull(slug, `${at}.slug`, record) !== null,
    by: text(record(user, `${at}.user`)['email'], `${at}.user.email`),
    description: text(description, `${at}.description`),
  }
}
