import type { HttpClient } from './http-client.ts'
import type { Answer } from './platform.ts'
import { list, record, text } from './shape.ts'

/** What we ask of Heroku's app webhooks. */
export interface HerokuWebhooks {
  webhooks(app: string, signal: AbortSignal): Answer<readonly Webhook[]>
  createWebhook(app: string, webhook: NewWebhook, signal: AbortSignal): Answer<void>
}

export interface Webhook {
  readonly url: string
  readonly include: readonly string[]
}

export interface NewWebhook extends Webhook {
  readonly secret: string
}

/** What a controller wants to hear of at once. The rest is found by the resync. */
export const heardEntities = ['api:formation', 'api:release', 'api:addon', 'api:addon-attachment', 'dyno'] as const

const accept = 'application/vnd.heroku+json; version=3.webhooks'

export class WebhooksClient implements HerokuWebhooks {
  readonly #http: HttpClient

  constructor(http: HttpClient) {
    this.#http = http
  }

  webhooks(app: string, signal: AbortSignal): Answer<readonly Webhook[]> {
    const call = { method: 'GET', path: pathOf(app), accept } as const
    return this.#http.ask(call, ({ body }) => list(body, 'webhooks', readWebhook), signal)
  }

  /** `sync` is retried by Heroku; `notify` would be sent once. */
  createWebhook(app: string, { url, include, secret }: NewWebhook, signal: AbortSignal): Answer<void> {
    const body = { url, include, secret, level: 'sync' }
    return this.#http.ask({ method: 'POST', path: pathOf(app), accept, body }, () => undefined, signal)
  }
}

function pathOf(app: string): string {
  return `/apps/${encodeURIComponent(app)}/webhooks`
}

function readWebhook(value: unknown, at: string): Webhook {
  const { url, include } = record(value, at)
  return { url: text(url, `${at}.url`), include: list(include, `${at}.include`, text) }
}
