import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Contender } from './contender.ts'

interface Piece {
  readonly atMs: number
  readonly bytes: Buffer
}

export interface WatchedEvent {
  readonly type: string
  readonly name: string
  readonly version: string
  /** When its last byte was there. */
  readonly atMs: number
}

/** Keeps what comes with the time it came, and reads it when all is over: while others measure, it has little to do. */
export class Watcher {
  readonly #request: ClientRequest
  readonly #pieces: Piece[] = []
  #isBroken = false

  private constructor(sent: ClientRequest, answer: IncomingMessage) {
    this.#request = sent
    answer.on('data', (bytes: Buffer) => this.#pieces.push({ atMs: performance.now(), bytes }))
    answer.on('close', () => (this.#isBroken = true))
    answer.on('error', () => (this.#isBroken = true))
  }

  /** Resolves when the server has begun the watch, of what comes after `version`. */
  static async open({ url, headers }: Contender, path: string, version: string): Promise<Watcher> {
    const { promise, resolve, reject } = Promise.withResolvers<Watcher>()
    const sent = request(`${url}${path}?watch=1&resourceVersion=${version}`, { headers, agent: false }, (answer) => {
      if (answer.statusCode === 200) resolve(new Watcher(sent, answer))
      else reject(new Error(`watched ${answer.statusCode}`))
    })
    sent.on('error', reject)
    sent.end()
    return promise
  }

  /** Ends of lines so far: events. */
  get count(): number {
    if (this.#isBroken) throw new Error('a watch broke off')
    return this.#pieces.reduce((sum, { bytes }) => sum + linesIn(bytes), 0)
  }

  events(): readonly WatchedEvent[] {
    const events: WatchedEvent[] = []
    let rest = ''
    for (const { atMs, bytes } of this.#pieces) {
      const lines = `${rest}${bytes.toString('latin1')}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) events.push({ ...readLine(line), atMs })
    }
    return events
  }

  close(): void {
    this.#request.destroy()
  }
}

function linesIn(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1
  return count
}

function readLine(line: string): Omit<WatchedEvent, 'atMs'> {
  const { type, object }: { type: string; object: { metadata: { name: string; resourceVersion: string } } } =
    JSON.parse(line)
  return { type, name: object.metadata.name, version: object.metadata.resourceVersion }
}
