import { setTimeout as delay } from 'node:timers/promises'
import type { Client, Reply } from './ask.ts'

/** What an object is after what was acknowledged: its version, nothing, or either, where an answer did not come. */
export type Belief = number | 'absent' | 'unsure'

/** Makes, changes and takes away objects of its own, and keeps in mind what was acknowledged. */
export class Writer {
  readonly beliefs = new Map<string, Belief>()
  acknowledged = 0
  unanswered = 0
  readonly #client: Client
  readonly #path: string
  readonly #id: number
  #count = 0

  constructor(client: Client, path: string, id: number) {
    this.#client = client
    this.#path = path
    this.#id = id
  }

  async run(
    { objects, pauseMs }: { readonly objects: number; readonly pauseMs: number },
    stop: AbortSignal,
  ): Promise<void> {
    while (!stop.aborted) {
      this.#count += 1
      const name = `object-${this.#id}-${this.#count % objects}`
      const before = this.beliefs.get(name) ?? 'absent'
      this.beliefs.set(name, 'unsure')
      try {
        this.beliefs.set(name, await this.#write(name, before))
        this.acknowledged += 1
      } catch {
        this.unanswered += 1
        await delay(100)
      }
      await delay(pauseMs)
    }
  }

  /** What is not sure is looked at first. A refusal (429, 503) changes nothing, and is no answer. */
  async #write(name: string, before: Belief): Promise<Belief> {
    const one = `${this.#path}/${name}`
    if (before === 'unsure') return beliefOf(await this.#client.ask('GET', one))
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { count: String(this.#count) } }
    if (before === 'absent') return beliefOf(await this.#client.ask('POST', this.#path, object))
    if (this.#count % 3 !== 0) return beliefOf(await this.#client.ask('PUT', one, object))
    const { code } = await this.#client.ask('DELETE', one)
    if (code !== 200) throw new Error(`deleted ${code}`)
    return 'absent'
  }
}

function beliefOf({ code, body }: Reply): Belief {
  if (code === 200 || code === 201) return Number(body['metadata'].resourceVersion)
  if (code === 404) return 'absent'
  throw new Error(`answered ${code}`)
}
