import type { RegistryDoor } from './ask-registry.ts'
import { BlockingAsker } from './blocking-asker.ts'
import { type Registry, RegistryError, type Schema, type SchemaType } from './registry.ts'

export interface SchemaRegistryOptions {
  /**
   * `SCHEMA_REGISTRY_URL`: http or https, several with commas between; user and password may stand in it. An empty one
   * fails when it is asked, and not before: a topology is described where there is no registry, too.
   */
  readonly url: string
  /** Instead of a password in the URL. */
  readonly bearerToken?: string
  /** PEM: whom to trust, and who one is. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Left out: 5000. */
  readonly timeoutMs?: number
  /** How long a registry that is away is asked again before the serde fails. Left out: 20000. */
  readonly patienceMs?: number
}

/**
 * A schema registry with Confluent's REST API: Confluent's own, Karapace, Apicurio (`/apis/ccompat/v7`), Redpanda.
 * One for each thread; what it was told once it never asks again.
 */
export class SchemaRegistry implements Registry, AsyncDisposable {
  readonly #asker: BlockingAsker | undefined
  readonly #byId = new Map<number, Schema>()
  readonly #ids = new Map<string, number>()

  constructor(options: SchemaRegistryOptions) {
    const door = doorOf(options)
    this.#asker = door === undefined ? undefined : new BlockingAsker(door)
  }

  schema(id: number): Schema {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const schema = toSchema(this.#get(`/schemas/ids/${id}`))
    this.#byId.set(id, schema)
    return schema
  }

  register(subject: string, schema: Schema): number {
    return this.#idOf(`/subjects/${encodeURIComponent(subject)}/versions`, schema)
  }

  lookUp(subject: string, schema: Schema): number {
    return this.#idOf(`/subjects/${encodeURIComponent(subject)}`, schema)
  }

  latest(subject: string): { readonly id: number; readonly schema: Schema } {
    const told = this.#get(`/subjects/${encodeURIComponent(subject)}/versions/latest`)
    return { id: numberIn(told, 'id'), schema: toSchema(told) }
  }

  version(subject: string, version: number): Schema {
    return toSchema(this.#get(`/subjects/${encodeURIComponent(subject)}/versions/${version}`))
  }

  /** Ends the thread that does the asking, if one was needed. */
  async close(): Promise<void> {
    await this.#asker?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #idOf(path: string, { type, text, references }: Schema): number {
    const body = JSON.stringify({
      ...(type !== 'AVRO' && { schemaType: type }),
      schema: text,
      ...(references.length > 0 && { references }),
    })
    const key = `${path} ${body}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = numberIn(this.#ask('POST', path, body), 'id')
    this.#ids.set(key, id)
    this.#byId.set(id, { type, text, references })
    return id
  }

  #get(path: string): object {
    return this.#ask('GET', path)
  }

  #ask(method: 'GET' | 'POST', path: string, body?: string): object {
    if (this.#asker === undefined)
      throw new RegistryError(
        'no schema registry: set SCHEMA_REGISTRY_URL, such as https://user:password@host:8081, or whatever gives its URL here',
      )
    const answer = this.#asker.ask({ method, path, ...(body !== undefined && { body }) })
    const what = `${method} ${path}`
    if (answer.kind === 'silence') throw new RegistryError(`the schema registry cannot be asked: ${answer.reason}`)
    const told = parse(answer.text)
    if (answer.status >= 200 && answer.status < 300 && told !== undefined) return told
    const message: unknown = told === undefined ? answer.text.slice(0, 200) : Reflect.get(told, 'message')
    const code: unknown = told === undefined ? undefined : Reflect.get(told, 'error_code')
    throw new RegistryError(
      `the schema registry refuses ${what} (${answer.status}): ${String(message)}`,
      typeof code === 'number' ? code : answer.status,
    )
  }
}

function doorOf(options: SchemaRegistryOptions): RegistryDoor | undefined {
  const { url, bearerToken, ca, cert, key, timeoutMs = 5_000, patienceMs = 20_000 } = options
  const urls = url
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map(parseUrl)
  const [first] = urls
  if (first === undefined) return undefined
  const { username, password } = first
  const basic = `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`
  const authorization = bearerToken === undefined ? (username === '' ? undefined : basic) : `Bearer ${bearerToken}`
  return {
    urls: urls.map(withoutPassword),
    ...(authorization !== undefined && { authorization }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    timeoutMs,
    patienceMs,
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new TypeError('a URL of the schema registry is not one: it begins with http:// or https://')
}

function withoutPassword({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}

function parse(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined // not a registry's word; the caller shows it as it is
  }
}

function toSchema(told: {
  readonly schema?: unknown
  readonly schemaType?: unknown
  readonly references?: unknown
}): Schema {
  const { schema, schemaType = 'AVRO', references = [] } = told
  if (typeof schema !== 'string' || !isType(schemaType) || !Array.isArray(references))
    throw new RegistryError('the schema registry answered with something that is no schema')
  return {
    type: schemaType,
    text: schema,
    references: references.map((each: object) => ({
      name: String(Reflect.get(each, 'name')),
      subject: String(Reflect.get(each, 'subject')),
      version: Number(Reflect.get(each, 'version')),
    })),
  }
}

function isType(value: unknown): value is SchemaType {
  return value === 'AVRO' || value === 'PROTOBUF' || value === 'JSON'
}

function numberIn(told: object, field: string): number {
  const value: unknown = Reflect.get(told, field)
  if (typeof value === 'number') return value
  throw new RegistryError(`the schema registry answered without ${field}`)
}
