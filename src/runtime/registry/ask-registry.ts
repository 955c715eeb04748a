import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'

/** Where a registry is and how one comes in. It crosses to a thread of its own as a message. */
export interface RegistryDoor {
  /** Without a password; several are tried in turn. */
  readonly urls: readonly string[]
  /** The whole `authorization` header. */
  readonly authorization?: string
  /** PEM. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** How long one request may take. */
  readonly timeoutMs: number
  /** How long a registry that is away, or ill, is asked again. */
  readonly patienceMs: number
}

export interface RegistryRequest {
  readonly method: 'GET' | 'POST'
  /** From `/` on, below the registry's URL. */
  readonly path: string
  readonly body?: string
}

export type RegistryAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  | { readonly kind: 'silence'; readonly reason: string }

const pauseMs = 200

/** Asks until somebody answers, or patience ends. What is refused (4xx) is an answer. */
export async function askRegistry(door: RegistryDoor, request: RegistryRequest): Promise<RegistryAnswer> {
  const endMs = performance.now() + door.patienceMs
  for (let attempt = 0; ; attempt += 1) {
    const url = door.urls[attempt % door.urls.length] ?? ''
    const answer = await askOnce(url, door, request)
    if (answer.kind === 'answer' && answer.status < 500 && answer.status !== 429) return answer
    if (performance.now() >= endMs)
      return answer.kind === 'silence' ? answer : { kind: 'silence', reason: `${url} answered ${answer.status}` }
    await delay(pauseMs)
  }
}

function askOnce(url: string, door: RegistryDoor, { method, path, body }: RegistryRequest): Promise<RegistryAnswer> {
  const { authorization, ca, cert, key, timeoutMs } = door
  const whole = `${url.replace(/\/+$/, '')}${path}`
  const headers = {
    accept: 'application/vnd.schemaregistry.v1+json, application/json',
    ...(body !== undefined && { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
    ...(authorization !== undefined && { authorization }),
  }
  return new Promise((resolve) => {
    const silent = (error: Error) => resolve({ kind: 'silence', reason: `${whole}: ${error.message}` })
    const open = whole.startsWith('https:') ? requestHttps : requestHttp
    const asked = open(
      whole,
      { method, headers, ca, cert, key, signal: AbortSignal.timeout(timeoutMs) },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', silent)
        response.on('end', () =>
          resolve({ kind: 'answer', status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
        )
      },
    )
    asked.on('error', silent)
    asked.end(body)
  })
}
