import { Agent } from 'node:https'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { create, isAxiosError, type AxiosInstance } from 'axios'
import type { Clock } from '../../base/clock.ts'
import { fieldsOf } from '../../base/fields-of.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import { systemClock } from '../../host/system-clock.ts'
import type { PlaneAddress } from './plane-address.ts'

export type PlaneFailure =
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** What the control plane answered: Kubernetes' Status. */
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string; readonly message: string }

export interface PlaneCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly accept?: string
  readonly body?: unknown
  readonly contentType?: string
}

export interface PlaneReply {
  readonly status: number
  readonly body: unknown
}

const timeoutMs = 30_000
/** A control plane that has too much to do says for how many seconds; one that names minutes means to be left alone. */
const longestPauseSeconds = 5
const mostPauses = 10

interface Sent {
  readonly status: number
  readonly data: unknown
  readonly retryAfterSeconds: number
}

/** Speaks to the control plane as any client of a Kubernetes-style API does. Whoever opened it closes it. */
export class PlaneClient {
  readonly #agent: Agent
  readonly #axios: AxiosInstance
  readonly #clock: Pick<Clock, 'sleep'>
  readonly #onWarning: (text: string) => void
  readonly #warned = new Set<string>()
  readonly server: string

  /** `onWarning` hears what the control plane has to say about what it accepted, each once. */
  constructor(
    { server, token, authority }: PlaneAddress,
    clock: Pick<Clock, 'sleep'> = systemClock,
    onWarning: (text: string) => void = () => {},
  ) {
    this.server = server
    this.#clock = clock
    this.#onWarning = onWarning
    this.#agent = new Agent({ keepAlive: true, ...(authority === undefined ? {} : { ca: authority }) })
    this.#axios = create({
      baseURL: server,
      httpsAgent: this.#agent,
      validateStatus: () => true,
      headers: { ...(token && { Authorization: `Bearer ${token.reveal()}` }), 'User-Agent': 'weir/0.1' },
    })
  }

  async ask(call: PlaneCall, signal: AbortSignal): Promise<Result<PlaneReply, PlaneFailure>> {
    const sent = await this.#send(call, signal, { timeout: timeoutMs })
    if (!sent.ok) return sent
    const { status, data } = sent.value
    return status >= 200 && status <= 299 ? ok({ status, body: data }) : fail(refusalOf(status, data))
  }

  /** Hands on each event until the stream ends or the signal fires. */
  watch(call: PlaneCall, onEvent: (event: unknown) => void, signal: AbortSignal): Promise<Result<void, PlaneFailure>> {
    return this.lines(call, (line) => onEvent(JSON.parse(line)), signal)
  }

  /** Hands on each line that is not empty until the stream ends or the signal fires. */
  async lines(
    call: PlaneCall,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Result<void, PlaneFailure>> {
    const sent = await this.#send(call, signal, { responseType: 'stream' })
    if (!sent.ok) return sent
    const { status, data: stream } = sent.value
    if (!(stream instanceof Readable)) return fail(refusalOf(status, stream))
    if (status !== 200) {
      stream.destroy()
      return fail(refusalOf(status, undefined))
    }
    try {
      for await (const line of createInterface(stream)) if (line !== '') onLine(line)
    } catch (cause) {
      if (!signal.aborted) throw cause
    }
    return ok(undefined)
  }

  close(): void {
    this.#agent.destroy()
  }

  /** What is answered 429 was not begun, and is sent again after the pause that the answer asks for, as client-go does. */
  async #send(
    call: PlaneCall,
    signal: AbortSignal,
    more: { readonly timeout?: number; readonly responseType?: 'stream' },
  ): Promise<Result<Sent, PlaneFailure>> {
    for (let pauses = 0; ; pauses += 1) {
      // oxlint-disable-next-line no-await-in-loop -- it is the same request again
      const sent = await this.#sendOnce(call, signal, more)
      if (!sent.ok || sent.value.status !== 429 || pauses === mostPauses) return sent
      const { data, retryAfterSeconds } = sent.value
      if (!(retryAfterSeconds > 0 && retryAfterSeconds <= longestPauseSeconds)) return sent
      if (data instanceof Readable) data.destroy()
      // oxlint-disable-next-line no-await-in-loop -- see above
      await this.#clock.sleep(retryAfterSeconds * 1_000, signal)
      signal.throwIfAborted()
    }
  }

  /** RFC 7234, 5.5: `299 - "text"`, several with commas between. */
  #tellWarnings(header: unknown): void {
    if (typeof header !== 'string') return
    for (const [, quoted = ''] of header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
      const text = quoted.replaceAll(/\\(.)/g, '$1')
      if (!this.#warned.has(text)) this.#onWarning(text)
      this.#warned.add(text)
    }
  }

  async #sendOnce(
    { method, path, query = {}, accept = 'application/json', body, contentType = 'application/json' }: PlaneCall,
    signal: AbortSignal,
    more: { readonly timeout?: number; readonly responseType?: 'stream' },
  ): Promise<Result<Sent, PlaneFailure>> {
    try {
      const response = await this.#axios.request<unknown>({
        method,
        url: path,
        params: query,
        headers: { Accept: accept, ...(body === undefined ? {} : { 'Content-Type': contentType }) },
        signal,
        ...(body === undefined ? {} : { data: JSON.stringify(body) }),
        ...more,
      })
      const { status, data, headers } = response
      this.#tellWarnings(headers['warning'])
      return ok({ status, data, retryAfterSeconds: Number(headers['retry-after']) })
    } catch (cause) {
      signal.throwIfAborted()
      if (!isAxiosError(cause)) throw cause
      return fail({ kind: 'unreachable', reason: cause.message === '' ? (cause.code ?? 'no answer') : cause.message })
    }
  }
}

function refusalOf(code: number, body: unknown): PlaneFailure {
  const { reason, message } = fieldsOf(body)
  return {
    kind: 'refused',
    code,
    reason: typeof reason === 'string' ? reason : 'Unknown',
    message: typeof message === 'string' ? message : `answered ${code}`,
  }
}
