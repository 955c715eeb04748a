/**
 * A request that Heroku would refuse: thrown by a resource, written by the
 * server as `{id, message, url?}`. Anything else that is thrown is a bug (500).
 */
export class Refusal extends Error {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, body: { readonly id: string; readonly message: string } & Record<string, unknown>) {
    super(body.message)
    this.status = status
    this.body = body
  }
}

const articles = 'https://devcenter.heroku.com/articles/'

/** 404 in Heroku's shape; `resource` is what the real CLI looks at (`add_on attachment`, `app`, `formation`). */
export const notFound = (resource: string, words = resource): Refusal =>
  new Refusal(404, { id: 'not_found', message: `Couldn't find that ${words}.`, resource })

export const invalidParams = (message: string): Refusal => new Refusal(422, { id: 'invalid_params', message })
export const badRequest = (message: string): Refusal => new Refusal(400, { id: 'bad_request', message })

export const unauthorized = (): Refusal =>
  new Refusal(401, { id: 'unauthorized', message: 'Invalid credentials provided.' })

export const rateLimited = (): Refusal =>
  new Refusal(429, {
    id: 'rate_limit',
    message: 'Your account reached the API rate limit. Please wait a few minutes before making new requests.',
    url: `${articles}platform-api-reference#rate-limits`,
  })

/** What the Platform API says to a path or a version it does not know. */
export const noSuchEndpoint = (method: string, path: string): Refusal =>
  new Refusal(404, {
    id: 'not_found',
    message:
      'The requested API endpoint was not found. Are you using the right HTTP verb (i.e. `GET` vs. `POST`), ' +
      'and did you specify your intended version with the `Accept` header? ' +
      `(The local emulator has no ${method} ${path}; what it has is listed in src/local/heroku/README.md.)`,
  })
