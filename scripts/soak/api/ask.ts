import { Agent, request, type IncomingMessage } from 'node:http'

export interface Reply {
  readonly code: number
  readonly body: Fields
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked into field by field, and what is missing fails
export type Fields = Readonly<Record<string, any>>

/** One client of a control plane that may be away. A request that got no answer rejects. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  async ask(method: string, path: string, body?: object): Promise<Reply> {
    const response = await this.open(method, path, body)
    response.setEncoding('utf8')
    let text = ''
    for await (const part of response) text += String(part)
    if (!response.complete) throw new Error('the answer broke off')
    return { code: response.statusCode ?? 0, body: parsed(text) }
  }

  /** The head of an answer whose body goes on. */
  open(method: string, path: string, body?: object): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      Authorization: `Bearer ${this.#token}`,
      ...(text === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
    }
    const sent = request(`${this.#url}${path}`, { method, headers, agent: this.#agent }, resolve)
    sent.on('error', reject)
    sent.end(text)
    return promise
  }

  close(): void {
    this.#agent.destroy()
  }
}

function parsed(text: string): Fields {
  const value: unknown = JSON.parse(text === '' ? '{}' : text)
  return typeof value === 'object' && value !== null ? value : {}
}
