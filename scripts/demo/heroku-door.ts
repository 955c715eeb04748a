import { poll } from './poll.ts'

/** The Platform API as anybody would call it: http and JSON, nothing of ours in between. */
export class HerokuDoor {
  readonly #apiUrl: string
  readonly #apiKey: string
  readonly #signal: AbortSignal

  constructor(at: { readonly apiUrl: string; readonly apiKey: string }, signal: AbortSignal) {
    this.#apiUrl = at.apiUrl
    this.#apiKey = at.apiKey
    this.#signal = signal
  }

  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#apiKey}`,
        accept: 'application/vnd.heroku+json; version=3',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: this.#signal,
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`)
    return text === '' ? null : JSON.parse(text)
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
    return this.#output(textOf(session, 'logplex_url'))
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
