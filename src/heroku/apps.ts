import type { HttpClient } from './http-client.ts'
import { listPages } from './list-pages.ts'
import type { Answer } from './platform.ts'
import { orNull, record, text } from './shape.ts'

/** What is asked of Heroku to check a login, and to bring a new app to life. */
export interface HerokuApps {
  /** Whose key it is. */
  account(signal: AbortSignal): Answer<{ readonly email: string }>
  app(name: string, signal: AbortSignal): Answer<HerokuApp>
  createApp(name: string, signal: AbortSignal): Answer<HerokuApp>
  /** With everything on it. There is no way back. */
  deleteApp(name: string, signal: AbortSignal): Answer<void>
  addons(app: string, signal: AbortSignal): Answer<readonly AppAddon[]>
  /** It is ready once its state is `provisioned`. */
  createAddon(app: string, plan: string, signal: AbortSignal): Answer<void>
  /** An address to put a tarball to, and the one to build it from. Neither takes a key. */
  createSource(app: string, signal: AbortSignal): Answer<{ readonly putUrl: string; readonly getUrl: string }>
  createBuild(
    app: string,
    source: { readonly url: string; readonly version: string },
    signal: AbortSignal,
  ): Answer<Build>
  build(app: string, id: string, signal: AbortSignal): Answer<Build>
}

export interface HerokuApp {
  readonly name: string
  /** Null before the first deploy of some apps. */
  readonly webUrl: string | null
}

export interface AppAddon {
  readonly name: string
  /** `heroku-postgresql:essential-0` */
  readonly plan: string
  /** provisioning, provisioned, deprovisioned. */
  readonly state: string
}

export interface Build {
  readonly id: string
  /** pending, succeeded, failed. */
  readonly status: string
}

const accept = 'application/vnd.heroku+json; version=3'
const pathOf = (app: string): string => `/apps/${encodeURIComponent(app)}`

/** The Platform API over http. Paths and shapes: the published hyper-schema of version 3. */
export class AppsClient implements HerokuApps {
  readonly #http: HttpClient

  constructor(http: HttpClient) {
    this.#http = http
  }

  account(signal: AbortSignal): Answer<{ readonly email: string }> {
    const read = (body: unknown) => ({ email: text(record(body, 'account')['email'], 'account.email') })
    return this.#http.ask({ method: 'GET', path: '/account', accept }, ({ body }) => read(body), signal)
  }

  app(name: string, signal: AbortSignal): Answer<HerokuApp> {
    return this.#http.ask({ method: 'GET', path: pathOf(name), accept }, ({ body }) => readApp(body), signal)
  }

  createApp(name: string, signal: AbortSignal): Answer<HerokuApp> {
    return this.#http.ask(
      { method: 'POST', path: '/apps', accept, body: { name } },
      ({ body }) => readApp(body),
      signal,
    )
  }

  deleteApp(name: string, signal: AbortSignal): Answer<void> {
    return this.#http.ask({ method: 'DELETE', path: pathOf(name), accept }, () => undefined, signal)
  }

  addons(app: string, signal: AbortSignal): Answer<readonly AppAddon[]> {
    return listPages(this.#http, { method: 'GET', path: `${pathOf(app)}/addons`, accept }, readAddon, signal)
  }

  createAddon(app: string, plan: string, signal: AbortSignal): Answer<void> {
    const call = { method: 'POST', path: `${pathOf(app)}/addons`, accept, body: { plan } } as const
    return this.#http.ask(call, () => undefined, signal)
  }

  createSource(app: string, signal: AbortSignal): Answer<{ readonly putUrl: string; readonly getUrl: string }> {
    const read = (body: unknown) => {
      const blob = record(record(body, 'source')['source_blob'], 'source.source_blob')
      return { putUrl: text(blob['put_url'], 'put_url'), getUrl: text(blob['get_url'], 'get_url') }
    }
    const call = { method: 'POST', path: `${pathOf(app)}/sources`, accept } as const
    return this.#http.ask(call, ({ body }) => read(body), signal)
  }

  createBuild(
    app: string,
    source: { readonly url: string; readonly version: string },
    signal: AbortSignal,
  ): Answer<Build> {
    const call = { method: 'POST', path: `${pathOf(app)}/builds`, accept, body: { source_blob: source } } as const
    return this.#http.ask(call, ({ body }) => readBuild(body), signal)
  }

  build(app: string, id: string, signal: AbortSignal): Answer<Build> {
    const call = { method: 'GET', path: `${pathOf(app)}/builds/${encodeURIComponent(id)}`, accept } as const
    return this.#http.ask(call, ({ body }) => readBuild(body), signal)
  }
}

function readApp(body: unknown): HerokuApp {
  const app = record(body, 'app')
  return { name: text(app['name'], 'app.name'), webUrl: orNull(app['web_url'], 'app.web_url', text) }
}

function readAddon(value: unknown, at: string): AppAddon {
  const addon = record(value, at)
  return {
    name: text(addon['name'], `${at}.name`),
    plan: text(record(addon['plan'], `${at}.plan`)['name'], `${at}.plan.name`),
    state: text(addon['state'], `${at}.state`),
  }
}

function readBuild(body: unknown): Build {
  const build = record(body, 'build')
  return { id: text(build['id'], 'build.id'), status: text(build['status'], 'build.status') }
}
