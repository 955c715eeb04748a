import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startHeroku } from '../../src/local/heroku/heroku.ts'
import type { Answer, Heroku, HerokuOptions } from '../../src/local/heroku/options.ts'
import { systemClock } from '../../src/host/system-clock.ts'
import { chanceFrom } from '../../src/verify/chance.ts'
import { addKafka, deploy } from './deploy.ts'
import { FakeCluster } from './fake-cluster.ts'
import { FakeDynos } from './fake-dynos.ts'
import { noSchemas, publishedSchemas } from './heroku-schema.ts'
import type { Oracle } from './heroku-schema.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  // A test says what it expects of a body; the schemas say what it must be.
  readonly body: any // oxlint-disable-line typescript/no-explicit-any -- JSON of the emulator, checked by the published schemas
}

export interface Emulator {
  readonly heroku: Heroku
  readonly cluster: FakeCluster
  readonly dynosOf: (app: string) => FakeDynos
  readonly call: (
    method: string,
    path: string,
    more?: { body?: unknown; headers?: Record<string, string> },
  ) => Promise<Reply>
  readonly data: (method: string, path: string, body?: unknown) => Promise<Reply>
  /** An app that was deployed with these process types. */
  readonly deployed: (name: string, processTypes?: Record<string, string>) => Promise<void>
  /** A ready heroku-kafka add-on; its id. */
  readonly kafka: (app: string, plan?: string) => Promise<string>
}

const noDelays = {
  addonProvisionMs: 0,
  topicListedMs: 0,
  topicReadyMs: 0,
  topicDeleteMs: 0,
  groupReadyMs: 0,
  webhookRetryMs: [],
}

let oracle: Oracle | null = null

/** An emulator on fakes, closed after the test. */
export async function startEmulator(t: TestContext, given: Partial<HerokuOptions> = {}): Promise<Emulator> {
  const { emulator, close } = await openEmulator(given)
  t.after(close)
  return emulator
}

/** The same for several tests. Each answer is held against the published schemas; `close` tells what they refuse. */
export async function openEmulator(
  given: Partial<HerokuOptions> = {},
): Promise<{ readonly emulator: Emulator; readonly close: () => Promise<void> }> {
  const cluster = new FakeCluster()
  const dynos = new Map<string, FakeDynos>()
  const mistakes: string[] = []
  if (noSchemas === false) oracle ??= publishedSchemas()
  const heroku = await startHeroku({
    cluster,
    dynos: ({ name }) => {
      const made = new FakeDynos()
      dynos.set(name, made)
      return made
    },
    buildSlug: async ({ into, output }) => {
      await writeFile(join(into, 'Procfile'), 'worker: run\n')
      output('built')
      return { processTypes: { worker: 'run' } }
    },
    clock: systemClock,
    chance: chanceFrom(7),
    apiKey: 'secret-key',
    delays: noDelays,
    onAnswer: (answer: Answer) => void mistakes.push(...mistakesOf(answer)),
    ...given,
  })
  const emulator: Pick<Emulator, 'call' | 'data'> = {
    call: (method, path, more = {}) => call(heroku, { method, path, ...more }),
    data: (method, path, body) => dataCall(heroku, { method, path, body }),
  }
  return {
    emulator: {
      ...emulator,
      heroku,
      cluster,
      dynosOf: (app) => present(dynos.get(app)),
      deployed: (name, processTypes) => deploy(heroku, name, processTypes),
      kafka: (app, plan) => addKafka(heroku, app, plan),
    },
    close: async () => {
      await heroku.close()
      assert.deepEqual(mistakes, [], 'answers that the published schemas refuse')
    },
  }
}

/** An answer without a published schema is a mistake, too, unless it is known to have none. */
function mistakesOf(answer: Answer): readonly string[] {
  if (oracle === null) return []
  const route = `${answer.method} ${answer.route}`
  return oracle.mistakesOf(answer) ?? (unpublished.includes(route) ? [] : [`${route} has no published schema`])
}

/** Answered as the real CLI reads it: no schema was published or drawn from examples. */
const unpublished: readonly string[] = ['GET /data/kafka/v0/clusters/:id/wait_status']

function present<T>(value: T | undefined): T {
  assert.ok(value !== undefined)
  return value
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

async function call({ apiUrl, apiKey }: Heroku, { method, path, body, headers }: Asked): Promise<Reply> {
  const response = await fetch(apiUrl + path, {
    method,
    headers: {
      Accept: 'application/vnd.heroku+json; version=3',
      Authorization: `Bearer ${apiKey}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

/** `fetch` takes no authority of one call's own. */
function dataCall({ dataHost, apiKey, caPem }: Heroku, { method, path, body }: Asked): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const text = body === undefined ? '' : JSON.stringify(body)
  const headers = {
    Accept: 'application/json',
    Authorization: `Bearer ${apiKey}`,
    'Content-Type': 'application/json',
    // Node sends a DELETE's body without saying so.
    'Content-Length': Buffer.byteLength(text),
  }
  const sent = request(
    `https://${dataHost}/data/kafka/v0/clusters/${path}`,
    { method, headers, ca: caPem, agent: false },
    (response) => {
      const chunks: string[] = []
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => chunks.push(chunk))
      response.on('end', () => {
        const answered = chunks.join('')
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(),
          body: answered === '' ? null : JSON.parse(answered),
        })
      })
    },
  )
  sent.on('error', reject)
  sent.end(text)
  return promise
}
