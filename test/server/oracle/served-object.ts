import { until } from '../../support/until.ts'
import type { Json, JsonObject } from '../../../src/record/record.ts'
import { isList, isMap } from '../../../src/record/managed-fields/json.ts'
import { gadgetVersion } from './gadget-definition.ts'
import type { Answer, Operation } from './operation.ts'

const contentTypes = {
  create: 'application/json',
  replace: 'application/json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
  delete: 'application/json',
} as const

const methods = {
  create: 'POST',
  replace: 'PUT',
  merge: 'PATCH',
  json: 'PATCH',
  apply: 'PATCH',
  delete: 'DELETE',
} as const

/** Where the objects of a kind are. */
export interface Collection {
  readonly url: string
  readonly kind: string
  readonly headers: Readonly<Record<string, string>>
}

export function gadgetsAt(baseUrl: string): Collection {
  return { url: `${baseUrl}/apis/${gadgetVersion}/namespaces/default/gadgets`, kind: 'Gadget', headers: {} }
}

/** Of our own kind, on whichever server. */
export function streamAppsAt(baseUrl: string, headers: Collection['headers'] = {}): Collection {
  const url = `${baseUrl}/apis/streams.weirkeeper.dev/v1alpha1/namespaces/default/streamapps`
  return { url, kind: 'StreamApp', headers }
}

export interface Sent {
  readonly operation: Operation
  readonly answer: Answer
  /** The message of a failure, whoever's words they are. */
  readonly words: string
}

/** What all drawn StreamApps name. Ours lets one of them run an app, which the genuine server knows nothing of: each is sent with its own. */
const sharedApp = 'my-app'

/** One object on a server, spoken to over plain HTTP. */
export class ServedObject {
  readonly #collection: Collection
  readonly #name: string
  #uid = ''
  #version = ''
  #latest = ''
  #goingSince: Json = null

  constructor(collection: Collection, name: string) {
    this.#collection = collection
    this.#name = name
  }

  async send(drawn: Omit<Operation, 'at'>): Promise<Sent> {
    const { verb, subresource, manager, force } = drawn
    const path = verb === 'create' ? '' : `/${this.#name}${subresource === '' ? '' : `/${subresource}`}`
    const forced = verb === 'apply' ? { force: String(force) } : {}
    const query = new URLSearchParams({ fieldManager: manager, ...forced, ...drawn.query })
    const startedAt = `${new Date().toISOString().slice(0, 19)}Z`
    const response = await fetch(`${this.#collection.url}${path}?${query.toString()}`, {
      method: methods[verb],
      headers: { ...this.#collection.headers, 'content-type': contentTypes[verb] },
      ...(verb === 'delete' && isEmpty(drawn.body)
        ? {}
        : { body: JSON.stringify(this.#dated(this.#concrete(drawn.body))) }),
    })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server answers with JSON objects
    const body = (await response.json()) as JsonObject
    const [version, uid, goingSince] = [this.#version, this.#uid, this.#goingSince]
    const object = body['kind'] === this.#collection.kind ? this.#read(body) : undefined
    const isNewVersion = object === undefined ? response.ok : this.#version !== version
    const answer = { code: response.status, ...refusalOf(body), warnings: warningsOf(response), object, isNewVersion }
    // What was only tried is forgotten.
    if (isDry(drawn)) [this.#version, this.#uid, this.#goingSince] = [version, uid, goingSince]
    return { operation: { ...drawn, at: this.#secondOf(object, startedAt) }, answer, words: text(body['message']) }
  }

  #concrete(body: Json): Json {
    if (typeof body === 'string') {
      if (body === '$uid') return this.#uid
      if (body === sharedApp) return `${sharedApp}-${this.#name}`
      return body === '$current' ? this.#version : body.replaceAll('$name', this.#name)
    }
    if (isList(body)) return body.map((item) => this.#concrete(item))
    if (!isMap(body)) return body
    return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, this.#concrete(value)]))
  }

  /** When it was told to go is each server's own, and may not be written otherwise. */
  #dated(body: Json): Json {
    const metadata = isMap(body) ? body['metadata'] : undefined
    if (!isMap(body) || !isMap(metadata) || metadata['deletionTimestamp'] === undefined) return body
    return { ...body, metadata: { ...metadata, deletionTimestamp: this.#goingSince } }
  }

  /** With placeholders for what differs from run to run. */
  #read(body: JsonObject): JsonObject {
    const metadata = isMap(body['metadata']) ? body['metadata'] : {}
    const { resourceVersion, uid, ...rest } = metadata
    this.#version = text(resourceVersion)
    this.#uid = text(uid)
    this.#goingSince = metadata['deletionTimestamp'] ?? null
    const object = { ...body, metadata: { ...rest, uid: '$uid' } }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was a JSON object before
    return JSON.parse(
      JSON.stringify(object).replaceAll(this.#name, '$name').replaceAll(`${sharedApp}-$name`, sharedApp),
    ) as JsonObject
  }

  /** The second in which the server worked: what it wrote last, if it wrote any time. */
  #secondOf(object: JsonObject | undefined, startedAt: string): string {
    const metadata = isMap(object?.['metadata']) ? object['metadata'] : {}
    const entries = isList(metadata['managedFields']) ? metadata['managedFields'] : []
    const times = [metadata['creationTimestamp'], metadata['deletionTimestamp'], ...entries.map(timeOf)]
    const latest = times.filter((time) => typeof time === 'string').reduce((a, b) => (a > b ? a : b), '')
    const isNews = latest > this.#latest
    if (isNews) this.#latest = latest
    return isNews ? latest : startedAt
  }
}

function isEmpty(body: Json): boolean {
  return isMap(body) && Object.keys(body).length === 0
}

export function isDry({ query = {}, verb, body }: Pick<Operation, 'query' | 'verb' | 'body'>): boolean {
  return query['dryRun'] !== undefined || (verb === 'delete' && isMap(body) && body['dryRun'] !== undefined)
}

function warningsOf({ headers }: Response): readonly string[] {
  const words = headers.get('warning')?.matchAll(/(?:unknown|duplicate) field \\"[^"\\]*\\"/g) ?? []
  return [...words].map(([told]) => told).toSorted()
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function timeOf(entry: Json): Json | undefined {
  return isMap(entry) ? entry['time'] : undefined
}

/** Words are compared where they are Kubernetes' and not ours: conflicts of ownership. */
function refusalOf(body: JsonObject): Pick<Answer, 'reason' | 'message'> {
  if (body['status'] !== 'Failure') return { reason: '', message: '' }
  const { reason, message } = body
  const words = text(message)
  return { reason: text(reason), message: words.startsWith('Apply failed') ? words : '' }
}

/** Makes a kind known, and waits until the server serves it. */
export async function defineKind(baseUrl: string, definition: JsonObject, objects: string): Promise<void> {
  const definitions = `${baseUrl}/apis/apiextensions.k8s.io/v1/customresourcedefinitions`
  const headers = { 'content-type': 'application/json' }
  const made = await fetch(definitions, { method: 'POST', headers, body: JSON.stringify(definition) })
  if (!made.ok && made.status !== 409) throw new Error(`the oracle refused the kind: ${await made.text()}`)
  await until(async () => (await fetch(objects)).ok, 'the oracle to serve the kind', { withinMs: 20_000, everyMs: 100 })
}
