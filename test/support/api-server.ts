import assert from 'node:assert/strict'
import { Agent, request } from 'node:https'
import { Secret } from '../../src/base/secret.ts'
import type { HerokuWays } from '../../src/controller/keep/heroku-way.ts'
import type { Sight } from '../../src/controller/observe/observe.ts'
import type { HerokuDynos } from '../../src/heroku/dynos.ts'
import { systemClock } from '../../src/host/system-clock.ts'
import { MemoryRecord } from '../../src/record/memory-record.ts'
import { adminUser, type KnownToken } from '../../src/server/access/authenticate.ts'
import { startServer } from '../../src/server/start-server.ts'
import { ownTls } from '../../src/server/tls.ts'

/** The API over a record in memory, on a free port, with its own certificate. */
export interface ApiUnderTest {
  readonly record: MemoryRecord
  readonly url: string
  readonly kubeconfig: string
  readonly call: (method: string, path: string, given?: Given) => Promise<Reply>
  /** Sends a watch; the lines come as they are told. */
  readonly watch: (path: string, headers?: Headers) => Watching
  readonly close: () => Promise<void>
}

type Headers = Readonly<Record<string, string>>

interface Given {
  readonly body?: unknown
  readonly headers?: Headers
  /** A user's own token instead of the admin's; empty for none. */
  readonly token?: string
}

export interface Reply {
  readonly code: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
  /** The body as JSON. */
  readonly body: Fields
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers field by field, and fail where one is missing
export type Fields = Readonly<Record<string, any>>

interface Watching {
  /** The next event, within five seconds. */
  readonly next: () => Promise<Fields>
  /** Resolves when the server ends it. */
  readonly ended: Promise<void>
  readonly close: () => void
}

export const adminToken = 'the-token-of-the-tests-which-is-long'

export async function startApi(
  tokens: readonly KnownToken[] = [],
  record: MemoryRecord = new MemoryRecord(systemClock),
  dynos?: HerokuWays<HerokuDynos>,
  sights?: HerokuWays<Sight>,
): Promise<ApiUnderTest> {
  const tls = await ownTls(Date.now())
  const admin = { token: new Secret(adminToken), user: adminUser }
  const server = await startServer({
    record,
    tls,
    tokens: [admin, ...tokens],
    clock: systemClock,
    port: 0,
    dynos,
    sights,
  })
  const agent = new Agent({ ca: tls.authority, keepAlive: true })
  assert.ok(server.kubeconfig)
  return {
    record,
    url: server.url,
    kubeconfig: server.kubeconfig,
    call: (method, path, given = {}) => call(server.url, agent, method, path, given),
    watch: (path, headers = {}) => watch(server.url, agent, path, headers),
    close: async () => {
      agent.destroy()
      await server.close()
    },
  }
}

function call(url: string, agent: Agent, ...[method, path, given]: [string, string, Given]): Promise<Reply> {
  const { body, headers = {}, token = adminToken } = given
  const sending = bytesOf(body)
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const sent = request(
    `${url}${path}`,
    {
      method,
      agent,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        // Node frames no body of a DELETE by itself.
        ...(sending === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(sending.length) }),
        'user-agent': 'test/1',
        ...headers,
      },
    },
    (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        resolve({ code: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) })
      })
    },
  )
  sent.on('error', reject)
  sent.end(sending)
  return promise
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined || Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function parsed(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function watch(url: string, agent: Agent, path: string, headers: Headers): Watching {
  const lines: Fields[] = []
  const waiting: ((line: Fields) => void)[] = []
  const ended = Promise.withResolvers<void>()
  const sent = request(`${url}${path}`, { agent, headers: { authorization: `Bearer ${adminToken}`, ...headers } })
  sent.on('error', () => ended.resolve())
  sent.on('response', (response) => {
    let rest = ''
    response.setEncoding('utf8')
    response.on('error', () => ended.resolve())
    response.on('close', () => ended.resolve())
    response.on('data', (text: string) => {
      const parts = `${rest}${text}`.split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const line = parsed(part)
        const waiter = waiting.shift()
        if (waiter === undefined) lines.push(line)
        else waiter(line)
      }
    })
  })
  sent.end()
  return {
    next: () => {
      const line = lines.shift()
      if (line !== undefined) return Promise.resolve(line)
      const { promise, resolve, reject } = Promise.withResolvers<Fields>()
      const late = setTimeout(() => reject(new Error(`no event within 5 s: ${path}`)), 5_000)
      waiting.push((found) => {
        clearTimeout(late)
        resolve(found)
      })
      return promise
    },
    ended: ended.promise,
    close: () => sent.destroy(),
  }
}
