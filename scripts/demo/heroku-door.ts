import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { poll } from './poll.ts'

interface Address {
  readonly apiUrl: string
  readonly dataHost: string
  readonly apiKey: string
  readonly caFile: string
}

/** Heroku's two APIs as anybody would call them: http and JSON, nothing of ours in between. */
export class HerokuDoor {
  readonly #at: Address
  readonly #signal: AbortSignal

  constructor(at: Address, signal: AbortSignal) {
    this.#at = at
    this.#signal = signal
  }

  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#at.apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#at.apiKey}`,
        accept: 'application/vnd.heroku+json; version=3',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: this.#signal,
    })
    const answer = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${answer}`)
    return answer === '' ? null : JSON.parse(answer)
  }

  /** The Kafka data API: TLS with an authority of its own, which `fetch` cannot be told of. */
  async callData(method: string, path: string, body?: unknown): Promise<unknown> {
    const { dataHost, apiKey, caFile } = this.#at
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const url = `https://${dataHost}/data/kafka/v0/clusters/${path}`
    const sent = request(
      url,
      { method, headers, ca: readFileSync(caFile), agent: false, signal: this.#signal },
      resolve,
    )
    sent.on('error', reject).end(body === undefined ? '' : JSON.stringify(body))
    const response = await promise
    const answer = await text(response)
    if (response.statusCode !== 200) throw new Error(`${method} ${path} was answered ${response.statusCode}: ${answer}`)
    return JSON.parse(answer)
  }

  /** On a basic plan a group must be made before anybody may join it. Resolves when it is listed. */
  async createGroup(addon: string, name: string): Promise<void> {
    await this.callData('POST', `${addon}/consumer_groups`, { consumer_group: { name } })
    const look = async (): Promise<true | null> =>
      JSON.stringify(await this.callData('GET', `${addon}/consumer_groups`)).includes(`"${name}"`) ? true : null
    await poll({ what: `the group ${name}`, withinMs: 30_000, look }, this.#signal)
  }

  async createApp(name: string): Promise<void> {
    await this.call('POST', '/apps', { name })
  }

  /** Resolves when the add-on's config vars are there: its state alone comes earlier. */
  async createKafka(app: string, plan: string): Promise<string> {
    const addon = textOf(await this.call('POST', `/apps/${app}/addons`, { plan }), 'name')
    const look = async (): Promise<true | null> =>
      (await this.configVars(app))['KAFKA_URL'] === undefined ? null : true
    await poll({ what: `the config vars of ${addon}`, withinMs: 30_000, look }, this.#signal)
    return addon
  }

  /** Builds a source tarball; a build that fails throws with its output. */
  async build(app: string, tarball: Uint8Array<ArrayBuffer>): Promise<void> {
    const source = fieldOf(await this.call('POST', '/sources'), 'source_blob')
    const put = await fetch(textOf(source, 'put_url'), { method: 'PUT', body: tarball, signal: this.#signal })
    if (!put.ok) throw new Error(`the source was answered ${put.status}`)
    const build = await this.call('POST', `/apps/${app}/builds`, { source_blob: { url: textOf(source, 'get_url') } })
    const look = async (): Promise<string | null> => {
      const status = textOf(await this.call('GET', `/apps/${app}/builds/${textOf(build, 'id')}`), 'status')
      return status === 'pending' ? null : status
    }
    const status = await poll({ what: 'the build to end', withinMs: 120_000, look }, this.#signal)
    if (status !== 'succeeded')
      throw new Error(`the build has ${status}:\n${await this.#output(textOf(build, 'output_stream_url'))}`)
  }

  async configVars(app: string): Promise<Readonly<Record<string, string>>> {
    const vars = await this.call('GET', `/apps/${app}/config-vars`)
    return Object.fromEntries(entriesOf(vars).map(([key, value]) => [key, String(value)]))
  }

  async scale(app: string, type: string, to: { readonly quantity: number; readonly size: string }): Promise<void> {
    await this.call('PATCH', `/apps/${app}/formation/${type}`, to)
  }

  async dynos(app: string): Promise<readonly { readonly name: string; readonly state: string }[]> {
    const dynos = await this.call('GET', `/apps/${app}/dynos`)
    if (!Array.isArray(dynos)) throw new Error('the list of dynos is no list')
    return dynos.map((dyno) => ({ name: textOf(dyno, 'name'), state: textOf(dyno, 'state') }))
  }

  /** The last lines of the app's log, as `heroku logs` prints them. */
  async log(app: string, lines: number): Promise<string> {
    const session = await this.call('POST', `/apps/${app}/log-sessions`, { lines, tail: false })
    const events = await this.#output(textOf(session, 'logplex_url'))
    return [...events.matchAll(/^data: (.*)$/gm)].map(([, line]) => line).join('\n')
  }

  async #output(url: string): Promise<string> {
    return (await fetch(url, { signal: this.#signal })).text()
  }
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function fieldOf(value: unknown, name: string): unknown {
  const found = entriesOf(value).find(([key]) => key === name)
  if (found === undefined) throw new Error(`an answer of Heroku's API has no ${name}: ${JSON.stringify(value)}`)
  return found[1]
}

function textOf(value: unknown, name: string): string {
  const field = fieldOf(value, name)
  if (typeof field !== 'string') throw new Error(`${name} is no text: ${JSON.stringify(field)}`)
  return field
}
