import { Agent, request } from 'node:http'
import type { Contender } from './contender.ts'

export interface Sending {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly contentType?: string
}

/** Connections kept alive; answers are read whole and not looked into, so that little of the machine goes to the client. */
export class Client {
  readonly #agent: Agent
  readonly #to: Pick<Contender, 'url' | 'headers'>

  constructor(to: Pick<Contender, 'url' | 'headers'>, connections: number) {
    this.#to = to
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /** Rejects where the answer is a refusal. */
  send({ method, path, body, contentType = 'application/json' }: Sending): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    const { url, headers } = this.#to
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body), 'content-type': contentType }
    const sent = request(
      `${url}${path}`,
      { method, agent: this.#agent, headers: { ...headers, ...length } },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('error', reject)
        answer.on('end', () => {
          const whole = Buffer.concat(parts)
          if ((answer.statusCode ?? 0) < 300) resolve(whole)
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${whole.toString().slice(0, 500)}`))
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
    return promise
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}
