import { createHmac, timingSafeEqual } from 'node:crypto'
import { fail, ok, type Result } from '../base/result.ts'
import type { Secret } from '../base/secret.ts'

/** A delivery as it came over the wire: the body unparsed, since the signature is over its bytes. */
export interface WebhookRequest {
  readonly body: Uint8Array
  /** Lower-case names, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** What GitHub announces. It says that there is something to look at; what there is, is read from the repository. */
export type GithubNews =
  | { readonly kind: 'ping'; readonly delivery: string }
  | {
      readonly kind: 'push'
      readonly delivery: string
      /** Clone URLs of the repository, over https. */
      readonly urls: readonly string[]
      readonly branch: string
    }
  /** Signed, and nothing to us: another event, a tag. */
  | { readonly kind: 'other'; readonly delivery: string; readonly event: string }

export interface WebhookRefusal {
  /** The HTTP status to answer with. */
  readonly status: 400 | 401 | 413
  /** Says nothing about the secret. */
  readonly message: string
}

/** GitHub's own cap on a payload is 25 MB; a push that is larger than this is looked at by the poll. */
const mostBytes = 5 * 1_048_576

/**
 * Reads a delivery whose signature is right, and refuses every other. GitHub
 * Docs, "Validating webhook deliveries" and "Webhook events and payloads".
 */
export function readGithubWebhook(
  { body, headers }: WebhookRequest,
  secret: Secret,
): Result<GithubNews, WebhookRefusal> {
  if (body.length > mostBytes) return fail({ status: 413, message: 'the payload is larger than 5 MB' })
  const signature = textOf(headers['x-hub-signature-256'])
  if (signature === undefined) {
    return fail({ status: 401, message: 'X-Hub-Signature-256 is missing: set a secret where the webhook is set up' })
  }
  if (!isSignedBy(secret, body, signature)) {
    return fail({ status: 401, message: 'X-Hub-Signature-256 is not of this body under the secret kept here' })
  }
  const payload = payloadOf(body, textOf(headers['content-type']) ?? '')
  if (payload === undefined) return fail({ status: 400, message: 'the body holds no JSON object' })
  const event = textOf(headers['x-github-event']) ?? ''
  return ok(newsOf(event, textOf(headers['x-github-delivery']) ?? '', payload))
}

/** In the same time however much of it is right. */
function isSignedBy(secret: Secret, body: Uint8Array, signature: string): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret.reveal()).update(body).digest('hex')}`)
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

type Payload = Readonly<Record<string, unknown>>

/** As JSON, or as GitHub's form whose field `payload` is that JSON. */
function payloadOf(body: Uint8Array, contentType: string): Payload | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(contentType)
    const value: unknown = JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text)
    return recordOf(value)
  } catch {
    return undefined // whatever is wrong with it, it is no payload
  }
}

function newsOf(event: string, delivery: string, payload: Payload): GithubNews {
  if (event === 'ping') return { kind: 'ping', delivery }
  const [, branch] = /^refs\/heads\/(.+)$/.exec(textOf(payload['ref']) ?? '') ?? []
  if (event !== 'push' || branch === undefined) return { kind: 'other', delivery, event }
  const repository = recordOf(payload['repository']) ?? {}
  const urls = ['clone_url', 'html_url', 'url'].flatMap((field) => textOf(repository[field]) ?? [])
  return { kind: 'push', delivery, urls, branch }
}

/** The same repository, however its URL is written: with or without `.git`, in capitals, with a slash at the end. */
export function isSameRepository(a: string, b: string): boolean {
  return plain(a) === plain(b)
}

function plain(url: string): string {
  return url
    .toLowerCase()
    .replace(/^https?:\/\/([^/@]*@)?/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function recordOf(value: unknown): Payload | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}
