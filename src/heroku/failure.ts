import { unreachable } from '../base/unreachable.ts'

/** Why a call to Heroku did not succeed, in the terms that change what is done next. */
export type HerokuFailure = { readonly call: string } & (
  | { readonly kind: 'unreachable'; readonly host: string; readonly reason: string }
  | { readonly kind: 'unauthorised' }
  | { readonly kind: 'forbidden'; readonly said: string }
  | { readonly kind: 'not-found'; readonly resource: string | null; readonly said: string }
  | { readonly kind: 'invalid'; readonly said: string }
  | { readonly kind: 'conflict'; readonly said: string }
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number }
  | { readonly kind: 'unavailable'; readonly status: number; readonly said: string }
  | { readonly kind: 'malformed'; readonly detail: string }
)

/** What an answer that is not a 2xx says about itself. */
export interface Refusal {
  readonly call: string
  readonly status: number
  readonly message: string
  readonly resource: string | null
  /** Seconds, where a `Retry-After` came along. Heroku documents none. */
  readonly retryAfterSeconds: number | null
}

/** The account's bucket is refilled by about 75 tokens a minute, so after a minute some calls go through. */
const refillMs = 60_000

/** Statuses and their meaning: Dev Center, "Platform API Reference", Errors. */
const kinds: Readonly<
  Record<number, 'unauthorised' | 'forbidden' | 'not-found' | 'conflict' | 'rate-limited' | 'unavailable'>
> = {
  401: 'unauthorised',
  402: 'forbidden',
  403: 'forbidden',
  404: 'not-found',
  408: 'unavailable',
  409: 'conflict',
  410: 'not-found',
  429: 'rate-limited',
}

function kindOf(status: number): (typeof kinds)[number] | 'invalid' {
  return status >= 500 ? 'unavailable' : (kinds[status] ?? 'invalid')
}

export function classify({ call, status, message, resource, retryAfterSeconds }: Refusal): HerokuFailure {
  const kind = kindOf(status)
  // Heroku ends its sentences; ours go on.
  const said = message.replace(/\.+$/, '')
  switch (kind) {
    case 'unauthorised':
      return { kind, call }
    case 'not-found':
      return { kind, call, resource, said }
    case 'rate-limited':
      return { kind, call, retryAfterMs: (retryAfterSeconds ?? refillMs / 1000) * 1000 }
    case 'unavailable':
      return { kind, call, status, said }
    case 'forbidden':
    case 'conflict':
    case 'invalid':
      return { kind, call, said }
    default:
      return unreachable(kind)
  }
}

type Describe = {
  readonly [Kind in HerokuFailure['kind']]: (failure: Extract<HerokuFailure, { kind: Kind }>) => string
}

const describe: Describe = {
  unreachable: ({ host, reason }) => `cannot reach ${host}: ${reason}. ${unreachableAdvice(reason)}`,
  unauthorised: () =>
    'Heroku does not accept the key in HEROKU_API_KEY (401). Make a new one: export HEROKU_API_KEY=$(heroku auth:token)',
  forbidden: ({ call, said }) =>
    `Heroku forbids ${call}: ${said}. Use a key of an account that may deploy and operate the app (heroku access)`,
  'not-found': ({ call, resource, said }) =>
    `Heroku knows no such ${resource ?? 'thing'} (${call}): ${said}. Check the name, and that this key may see it (heroku apps)`,
  invalid: ({ call, said }) =>
    `Heroku does not accept ${call}: ${said}. Change what the manifest says there and apply again`,
  conflict: ({ call, said }) => `${call} conflicts with something under way: ${said}. Apply again when that has ended`,
  'rate-limited': ({ call, retryAfterMs }) =>
    `the account has used up its calls to Heroku (429 on ${call}). Try again in ${Math.ceil(retryAfterMs / 1000)} s; an apply goes on where it stopped`,
  unavailable: ({ call, status, said }) =>
    `Heroku is out of order (${status} on ${call}): ${said}. See https://status.heroku.com and try again later`,
  malformed: ({ call, detail }) =>
    `${call} was answered in a shape that weir does not understand: ${detail}. Is HEROKU_HOST or HEROKU_DATA_HOST right?`,
}

/** For a person: what happened, and what to do about it. */
export function describeFailure<Kind extends HerokuFailure['kind']>(
  failure: Extract<HerokuFailure, { kind: Kind }>,
): string {
  return describe[failure.kind](failure)
}

function unreachableAdvice(reason: string): string {
  return /certificate|self[- ]signed|issuer|CERT/i.test(reason)
    ? 'If its certificate is signed by an authority of your own, name that in NODE_EXTRA_CA_CERTS'
    : 'Check the network, HEROKU_HOST and HEROKU_DATA_HOST'
}
