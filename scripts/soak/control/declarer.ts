import { setTimeout as delay } from 'node:timers/promises'
import { parseManifests } from '../../../src/resource/parse-manifests.ts'
import { token } from './control-stage.ts'

/** What a person last declared of one app, and was told to be stored. */
export interface Declared {
  readonly commitIntervalMs: number
  readonly most: number
  /** Topics beside those of the manifest, in the order in which they were declared. */
  readonly extraTopics: readonly string[]
}

/**
 * A deletion whose pass is cut off waits a minute for what may still arrive (decision 5), and may be cut off again: here
 * everybody is killed all the time.
 */
const patienceMs = 600_000

/** As kubectl and `weir apply` write: server-side apply, again until it is answered. */
export class Declarer {
  readonly name: string
  readonly #url: string
  readonly #base: ReturnType<typeof baseOf>
  #declared: Declared = { commitIntervalMs: 1_000, most: 1, extraTopics: [] }
  /** Everything that was ever declared: what a manifest no longer names is left where it is. */
  readonly everDeclared = new Set<string>()
  changes = 0
  deletions = 0

  constructor(name: string, url: string, manifest: Uint8Array) {
    this.name = name
    this.#url = url
    this.#base = baseOf(name, manifest)
  }

  get declared(): Declared {
    return this.#declared
  }

  get path(): string {
    return `/apis/streams.weirkeeper.dev/v1alpha1/namespaces/default/streamapps/${this.name}`
  }

  async declare(next: Declared): Promise<void> {
    const { commitIntervalMs, most, extraTopics } = next
    const { spec } = this.#base
    const body = {
      ...this.#base,
      spec: {
        ...spec,
        topics: [...spec.topics, ...extraTopics.map((name) => ({ name, partitions: 1, retention: '24h' }))],
        streams: { threads: 1, config: { 'commit.interval.ms': commitIntervalMs } },
        scaling: { policy: 'tasks', min: 1, max: most },
      },
    }
    const query = 'fieldManager=soak&force=true&fieldValidation=Strict'
    const said = await this.#until([200, 201], 'PATCH', `${this.path}?${query}`, body)
    if (said.status !== 200 && said.status !== 201) throw new Error(`${this.name}: ${said.status} ${said.text}`)
    this.#declared = next
    for (const topic of extraTopics) this.everDeclared.add(topic)
    this.changes += 1
  }

  /** Deletes, and waits until nobody holds the object any more. Topics stay: that is the policy of the manifest. */
  async delete(): Promise<void> {
    await this.#until([200, 202, 404], 'DELETE', this.path)
    await this.#until([404], 'GET', this.path)
    this.changes += 1
    this.deletions += 1
  }

  async get(): Promise<unknown> {
    const { status, text } = await this.#until([200, 404], 'GET', this.path)
    return status === 404 ? undefined : JSON.parse(text)
  }

  /** A change that is refused for what it says is a fault of the soak; everything else passes. */
  async #until(
    wanted: readonly number[],
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const deadline = Date.now() + patienceMs
    for (let last = 'no answer'; ;) {
      const answer = await ask(this.#url + path, method, body)
      if (answer !== undefined && wanted.includes(answer.status)) return answer
      if (answer?.status === 422 || answer?.status === 400) return answer
      last = answer === undefined ? last : `${answer.status} ${answer.text.slice(0, 200)}`
      if (Date.now() > deadline) throw new Error(`${method} ${path}: for ${patienceMs / 60_000} minutes ${last}`)
      await delay(200)
    }
  }
}

async function ask(url: string, method: string, body: unknown): Promise<{ status: number; text: string } | undefined> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/apply-patch+yaml' }),
      },
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, text: await response.text() }
  } catch {
    return undefined // It was killed, or its record was.
  }
}

function baseOf(name: string, manifest: Uint8Array) {
  const [parsed] = parseManifests([{ name: 'word-count.yaml', bytes: manifest }]).apps
  if (parsed === undefined) throw new Error('the manifest of the word count is not valid')
  const { apiVersion, kind, spec } = parsed.app
  const { kafka, process, applicationName, topology, topics } = spec
  const own = { app: name, kafka, process, applicationName, topology, topics }
  return { apiVersion, kind, metadata: { name, namespace: 'default' }, spec: own }
}
