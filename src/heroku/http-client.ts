import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { getCACertificates } from 'node:tls'
import { create, isAxiosError, type AxiosInstance, type AxiosResponse } from 'axios'
import { fieldsOf } from '../base/fields-of.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { Secret } from '../base/secret.ts'
import { classify, type HerokuFailure } from './failure.ts'
import { MalformedAnswer } from './shape.ts'

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly accept: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface HttpReply {
  readonly body: unknown
  /** What to ask for next, where a list has more pages. */
  readonly nextRange: string | null
}

export interface HttpSettings {
  readonly baseUrl: string
  readonly key: Secret
  readonly timeoutMs?: number
  readonly gate?: CallGate
  /** Told of each request that left, whatever became of it. */
  readonly onSent?: (sent: SentCall) => void
  /** PEM of an authority to trust beside those that Node trusts (and NODE_EXTRA_CA_CERTS names). */
  readonly authority?: string
}

/** A request that left. */
export interface SentCall {
  readonly method: HttpCall['method']
  readonly host: string
  /** Undefined where no answer came. */
  readonly status: number | undefined
}

/** Stands before every request: the controller keeps its request budget and its lease there. */
export interface CallGate {
  /** Asked before a request leaves. A failure is then the answer, and nothing is sent. */
  readonly admit: (call: string) => HerokuFailure | undefined
  /** Told for each request that left, when its answer is there or will not come: the calls left, if it said so. */
  readonly answered: (remaining: number | undefined) => void
}

const openGate: CallGate = { admit: () => undefined, answered: () => undefined }

const usualTimeoutMs = 30_000
const largestAnswerBytes = 32 * 1024 * 1024

/**
 * The one place where a request leaves. Connections are kept open between calls;
 * whoever opened the client closes it.
 *
 * A read is tried once more when a kept connection turns out to have been closed
 * meanwhile. A write never is: whether it arrived shows in the next look.
 */
export class HttpClient {
  readonly #agents: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent }
  readonly #axios: AxiosInstance
  readonly #host: string
  readonly #gate: CallGate
  readonly #onSent: ((sent: SentCall) => void) | undefined
  #remaining: number | undefined

  constructor({ baseUrl, key, timeoutMs = usualTimeoutMs, gate = openGate, onSent, authority }: HttpSettings) {
    const trusted = authority === undefined ? {} : { ca: [...getCACertificates(), authority] }
    this.#agents = {
      httpAgent: new HttpAgent({ keepAlive: true }),
      httpsAgent: new HttpsAgent({ keepAlive: true, ...trusted }),
    }
    this.#gate = gate
    this.#onSent = onSent
    this.#host = new URL(baseUrl).host
    this.#axios = create({
      ...this.#agents,
      baseURL: baseUrl,
      timeout: timeoutMs,
      maxContentLength: largestAnswerBytes,
      headers: { Authorization: `Bearer ${key.reveal()}`, 'User-Agent': 'weirkeeper/0.1' },
      validateStatus: () => true,
    })
  }

  /** Calls left to the account, as Heroku last said; undefined before the first answer. */
  get remaining(): number | undefined {
    return this.#remaining
  }

  /** Asks, and reads the answer with `read`. Rejects only when the signal fires, with its reason. */
  async ask<T>(call: HttpCall, read: (reply: HttpReply) => T, signal: AbortSignal): Promise<Result<T, HerokuFailure>> {
    const name = `${call.method} ${call.path}`
    const refused = this.#gate.admit(name)
    if (refused !== undefined) return fail(refused)
    const response = await this.#send(call, signal)
    if (!response.ok) return fail({ kind: 'unreachable', call: name, host: this.#host, reason: response.error })
    const { status, headers, data } = response.value
    const header = (key: string): string | null => asText(headers[key])
    if (status < 200 || status > 299) {
      const retryAfterSeconds = wholeNumber(header('retry-after')) ?? null
      return fail(classify({ call: name, status, retryAfterSeconds, ...errorBody(data) }))
    }
    try {
      return ok(read({ body: data, nextRange: status === 206 ? header('next-range') : null }))
    } catch (cause) {
      if (cause instanceof MalformedAnswer) return fail({ kind: 'malformed', call: name, detail: cause.message })
      throw cause
    }
  }

  close(): void {
    this.#agents.httpAgent.destroy()
    this.#agents.httpsAgent.destroy()
  }

  async #send(call: HttpCall, signal: AbortSignal): Promise<Result<AxiosResponse<unknown>, string>> {
    const first = await this.#sendOnce(call, signal)
    if (first.ok || call.method !== 'GET' || !/ECONNRESET|EPIPE|socket hang up/.test(first.error)) return first
    return this.#sendOnce(call, signal)
  }

  async #sendOnce(call: HttpCall, signal: AbortSignal): Promise<Result<AxiosResponse<unknown>, string>> {
    let remaining: number | undefined
    let status: number | undefined
    try {
      const response = await this.#axios.request<unknown>({
        method: call.method,
        url: call.path,
        headers: { Accept: call.accept, ...call.headers },
        signal,
        ...(call.body === undefined ? {} : { data: call.body }),
      })
      status = response.status
      remaining = wholeNumber(asText(response.headers['ratelimit-remaining']))
      return ok(response)
    } catch (cause) {
      signal.throwIfAborted()
      if (!isAxiosError(cause)) throw cause
      return fail(reasonOf(cause.message, cause.code))
    } finally {
      this.#remaining = remaining ?? this.#remaining
      this.#gate.answered(remaining)
      this.#onSent?.({ method: call.method, host: this.#host, status })
    }
  }
}

function reasonOf(message: string, code: string | undefined): string {
  if (message === '') return code ?? 'no answer'
  return code === undefined || message.includes(code) ? message : `${message} (${code})`
}

/** Heroku's errors are `{ id, message, resource? }`; the data API leaves some out, and sends an empty body at times. */
function errorBody(data: unknown): { readonly message: string; readonly resource: string | null } {
  const body = fieldsOf(data)
  return { message: asText(body['message']) ?? asText(data) ?? 'no reason given', resource: asText(body['resource']) }
}

function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function wholeNumber(value: string | null): number | undefined {
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined
}
