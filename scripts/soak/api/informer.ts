import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client, Fields } from './ask.ts'

/**
 * Keeps a copy of a collection as client-go's informers do: lists, watches from
 * the version of the list, watches again from what it saw last when the
 * connection breaks, and lists again when it is told that it missed something.
 */
export class Informer {
  /** Versions by name. */
  readonly objects = new Map<string, string>()
  /** What no server may tell: a change twice, or out of order, or of nothing. */
  readonly mistakes: string[] = []
  lists = 0
  watches = 0
  events = 0
  readonly #client: Client
  readonly #path: string
  #version: number | undefined

  constructor(client: Client, path: string) {
    this.#client = client
    this.#path = path
  }

  /** The version that it has seen everything up to. */
  get version(): number {
    return this.#version ?? 0
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        if (this.#version === undefined) await this.#list()
        else await this.#watch(this.#version, stop)
      } catch {
        // The server is away, or went: it is asked again.
        await delay(100)
      }
    }
  }

  async #list(): Promise<void> {
    const { code, body } = await this.#client.ask('GET', this.#path)
    if (code !== 200) throw new Error(`listed ${code}`)
    this.lists += 1
    this.objects.clear()
    for (const { metadata } of body['items']) this.objects.set(metadata.name, metadata.resourceVersion)
    this.#version = Number(body['metadata'].resourceVersion)
  }

  async #watch(version: number, stop: AbortSignal): Promise<void> {
    const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${version}`
    const response = await this.#client.open('GET', `${this.#path}?${query}`)
    if (response.statusCode !== 200) {
      response.resume()
      if (response.statusCode === 410) this.#version = undefined
      throw new Error(`watched ${response.statusCode}`)
    }
    this.watches += 1
    const leave = (): void => void response.destroy()
    stop.addEventListener('abort', leave, { once: true })
    try {
      for await (const event of eventsOf(response)) this.#take(event)
    } finally {
      stop.removeEventListener('abort', leave)
    }
  }

  #take({ type, object }: Fields): void {
    if (type === 'ERROR') {
      this.#version = undefined
      return
    }
    const { name, resourceVersion } = object.metadata
    const version = Number(resourceVersion)
    const isNew = type === 'BOOKMARK' ? version >= this.version : version > this.version
    if (!isNew) this.mistakes.push(`${type} ${name} at ${version}, after ${this.version}`)
    this.#version = version
    if (type === 'BOOKMARK') return
    this.events += 1
    if ((type === 'ADDED') === this.objects.has(name)) this.mistakes.push(`${type} ${name} at ${version}`)
    if (type === 'DELETED') this.objects.delete(name)
    else this.objects.set(name, resourceVersion)
  }
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<Fields> {
  response.setEncoding('utf8')
  let rest = ''
  for await (const part of response) {
    const lines = `${rest}${String(part)}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const event: Fields = JSON.parse(line)
      yield event
    }
  }
}
