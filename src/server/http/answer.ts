import type { ServerResponse } from 'node:http'
import type { ApiStatus } from '../api-status.ts'

/** Known as a whole before the first byte is sent. */
export interface TextAnswer {
  readonly kind: 'text'
  readonly code: number
  readonly body: string | Uint8Array
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string>>
  readonly warnings?: readonly string[]
}

/** Sends its lines until the client goes, or the watch ends by itself. */
export interface StreamAnswer {
  readonly kind: 'stream'
  readonly start: (response: ServerResponse, signal: AbortSignal) => Promise<void>
}

/** What a request is answered with. */
export type Answer = TextAnswer | StreamAnswer

export function json(code: number, body: object, warnings: readonly string[] = []): TextAnswer {
  return { kind: 'text', code, body: JSON.stringify(body), contentType: 'application/json', warnings }
}

export function plain(code: number, body: string): TextAnswer {
  return { kind: 'text', code, body, contentType: 'text/plain; charset=utf-8' }
}

export function refusal(status: ApiStatus): TextAnswer {
  const { retryAfterSeconds } = status.details ?? {}
  const answer = {
    kind: 'text',
    code: status.code,
    body: JSON.stringify(status),
    contentType: 'application/json',
  } as const
  return retryAfterSeconds === undefined ? answer : { ...answer, headers: { 'Retry-After': String(retryAfterSeconds) } }
}

/** Kubernetes' own bound on a warning, so that a client's log stays readable. */
const longestWarning = 256
/** And on all of one answer together: clients read no more of a head than some 16 KB. */
const longestWarnings = 4_096

export function send(response: ServerResponse, answer: TextAnswer): void {
  const { code, body, contentType, headers = {}, warnings = [] } = answer
  response.writeHead(code, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-cache, private',
    ...headers,
    ...(warnings.length === 0 ? {} : { Warning: warningHeaders(warnings) }),
  })
  response.end(body)
}

function warningHeaders(warnings: readonly string[]): string[] {
  let left = longestWarnings
  return warnings.map(warningHeader).filter(({ length }) => (left -= length) >= 0)
}

/** RFC 7234: `299 - "text"`. A header holds Latin-1 and no line break. */
function warningHeader(text: string): string {
  const readable = text.replaceAll(/[^\u0020-\u007e]/g, ' ').replaceAll(/["\\]/g, (character) => `\\${character}`)
  return `299 - "${readable.slice(0, longestWarning)}"`
}
