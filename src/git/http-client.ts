import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git'
import { unreachable } from '../base/unreachable.ts'
import { GitTrouble, type GitFailure } from './failure.ts'
import type { Remote } from './git.ts'

export interface HttpLimits {
  readonly answerBytes: number
  readonly answerMs: number
}

/**
 * How the Git library speaks to one repository. Whatever is no plain answer of
 * that repository ends here: the library itself would follow redirects, and
 * waits for ever on an answer that breaks off.
 */
export function httpClient(remote: Remote, limits: HttpLimits, signal: AbortSignal): HttpClient {
  return {
    request: async (request) => {
      const timeUp = AbortSignal.timeout(limits.answerMs)
      try {
        return await ask(request, { remote, limits, signal: AbortSignal.any([signal, timeUp]) })
      } catch (cause) {
        signal.throwIfAborted()
        if (cause instanceof GitTrouble) throw cause
        const reason = timeUp.aborted ? `no answer within ${limits.answerMs / 1_000} s` : reasonOf(cause)
        throw new GitTrouble({ kind: 'unreachable', url: remote.url, reason })
      }
    },
  }
}

interface Call {
  readonly remote: Remote
  readonly limits: HttpLimits
  readonly signal: AbortSignal
}

async function ask(
  { url, method = 'GET', headers = {}, body }: GitHttpRequest,
  { remote, limits, signal }: Call,
): Promise<GitHttpResponse> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, 'user-agent': 'git/weirkeeper', ...authorization(url, remote) },
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body: await wholeBody(body) }),
  })
  const failure = failureOf(response, remote)
  if (failure !== undefined) {
    await response.body?.cancel()
    throw new GitTrouble(failure)
  }
  const bytes = await readAtMost(response, limits.answerBytes, remote)
  return {
    url,
    method,
    statusCode: response.status,
    statusMessage: response.statusText,
    headers: Object.fromEntries(response.headers),
    body: oneChunk(bytes),
  }
}

/** To the repository's own host, and to no other. */
function authorization(url: string, { url: home, credentials }: Remote): { readonly authorization?: string } {
  if (credentials === undefined || new URL(url).origin !== new URL(home).origin) return {}
  const pair = `${credentials.username}:${credentials.password.reveal()}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function failureOf(response: Response, { url, credentials }: Remote): GitFailure | undefined {
  const { status, headers } = response
  if (status === 200) return undefined
  if (status >= 300 && status < 400) return { kind: 'moved', url, to: newHome(url, headers.get('location') ?? '') }
  if (status >= 500) return { kind: 'unavailable', url, status }
  const kind = kinds[status]
  switch (kind) {
    case 'unauthorised':
      return { kind: 'unauthorised', url, status, hadCredentials: credentials !== undefined }
    case 'no-such-repository':
      return { kind: 'no-such-repository', url }
    case 'busy':
      return { kind: 'busy', url, retryAfterMs: waitMs(headers.get('retry-after')) }
    case undefined:
      return { kind: 'unclear', url, detail: `it answers ${status}` }
    default:
      return unreachable(kind)
  }
}

const kinds: Readonly<Partial<Record<number, 'unauthorised' | 'no-such-repository' | 'busy'>>> = {
  401: 'unauthorised',
  403: 'unauthorised',
  404: 'no-such-repository',
  410: 'no-such-repository',
  429: 'busy',
}

/** Where the repository is now, without what the request added and without what nobody should see. */
function newHome(from: string, location: string): string {
  if (!URL.canParse(location, from)) return 'an address that is none'
  const { origin, pathname } = new URL(location, from)
  return origin + pathname.replace(/\/(info\/refs|git-upload-pack)$/, '')
}

const shortestWaitMs = 60_000
const longestWaitMs = 3_600_000

function waitMs(retryAfter: string | null): number {
  const ms = Number(retryAfter ?? Number.NaN) * 1_000
  return Number.isFinite(ms) ? Math.min(longestWaitMs, Math.max(shortestWaitMs, ms)) : shortestWaitMs
}

async function readAtMost(response: Response, most: number, { url }: Remote): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > most) {
      const megabytes = `${Math.floor(most / 1_048_576)} MB`
      throw new GitTrouble({ kind: 'too-large', url, what: `the commit takes more than ${megabytes}`, most: megabytes })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function wholeBody(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

// oxlint-disable-next-line typescript/require-await -- the library takes an asynchronous iterator only
async function* oneChunk(bytes: Uint8Array): AsyncIterableIterator<Uint8Array> {
  yield bytes
}

/** `fetch failed` says nothing; what it was caused by does. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const { cause } = thrown
  return cause instanceof Error && cause.message !== '' ? cause.message : thrown.message
}
