import { Pool, type Dispatcher } from 'undici'
import type { Contender } from './contender.ts'

export interface Sending {
  readonly method: Dispatcher.HttpMethod
  readonly path: string
  readonly body?: string
  readonly contentType?: string
}

/** Connections kept alive; answers are read whole and not looked into, so that little of the machine goes to the client. */
export class Client {
  readonly #pool: Pool
  readonly #headers: Readonly<Record<string, string>>

  constructor({ url, headers }: Pick<Contender, 'url' | 'headers'>, connections: number) {
    this.#pool = new Pool(url, { connections, pipelining: 1 })
    this.#headers = headers
  }

  /** Rejects where the answer is a refusal. */
  send({ method, path, body, contentType = 'application/json' }: Sending): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    const headers = body === undefined ? this.#headers : { ...this.#headers, 'content-type': contentType }
    const parts: Buffer[] = []
    let code = 0
    // By its events, which cost less than a stream for each answer.
    this.#pool.dispatch(
      { method, path, headers, body: body ?? null },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, status) => void (code = status),
        onResponseData: (_, part) => void parts.push(part),
        onResponseEnd: () => {
          const whole = Buffer.concat(parts)
          if (code < 300) resolve(whole)
          else reject(new Error(`${method} ${path}: ${code} ${whole.toString().slice(0, 500)}`))
        },
        onResponseError: (_, error) => reject(error),
      },
    )
    return promise
  }

  [Symbol.dispose](): void {
    void this.#pool.destroy()
  }
}
