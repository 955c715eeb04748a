import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import type { Write } from '../../../src/record/record.ts'
import { adminUser } from '../../../src/server/access/authenticate.ts'
import { listenOn, serverAddress } from '../../../src/server/http/listen-on.ts'
import { namespaceKind } from '../../../src/server/kinds/core-kinds.ts'
import { startServer, type RunningServer } from '../../../src/server/start-server.ts'
import { readWatchOptions, watch, type Follow } from '../../../src/server/watch/watch.ts'
import { until } from '../../support/until.ts'

const token = 'the-token-of-the-tests-which-is-long'
const record = new MemoryRecord(systemClock)
let server: RunningServer
before(async () => {
  server = await startServer({
    record,
    tls: undefined,
    tokens: [{ token: new Secret(token), user: adminUser }],
    clock: systemClock,
    port: 0,
  })
})
after(() => server.close())

const large = 'x'.repeat(100_000)

async function put(kind: string, name: string, value: number): Promise<void> {
  const key = { kind, namespace: 'default', name }
  const body = {
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: 'default' },
    data: { value: String(value), large },
  }
  const write: Write = { kind: 'put', key, body, expected: 'any', actor: 'test' }
  await record.write([write])
}

/** A client on a bare socket that reads only when it is told to. */
class Watcher {
  readonly socket: Socket
  readonly #events: string[] = []
  #rest = ''

  constructor(...paths: readonly string[]) {
    const { hostname, port } = new URL(server.url)
    this.socket = connect(Number(port), hostname)
    const head = `Host: here\r\nAuthorization: Bearer ${token}\r\n\r\n`
    this.socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\n${head}`).join(''))
    this.socket.on('error', () => this.socket.destroy())
    this.socket.on('data', (bytes) => this.#take(String(bytes)))
  }

  /** `ADDED a 1`, in the order in which they came. */
  get events(): readonly string[] {
    return this.#events
  }

  #take(bytes: string): void {
    const lines = `${this.#rest}${bytes}`.split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      const [, type] = /"type":"(ADDED|MODIFIED|DELETED|BOOKMARK|ERROR)"/.exec(line) ?? []
      if (type === undefined) continue
      const [, name = ''] = /"metadata":\{"name":"([^"]+)"/.exec(line) ?? []
      const [, value = ''] = /"value":"(\d+)"/.exec(line) ?? []
      this.#events.push(`${type} ${name} ${value}`.trim())
    }
  }
}

const secrets = '/api/v1/namespaces/default/secrets?watch=1'
const maps = '/api/v1/namespaces/default/configmaps?watch=1'

describe('a watcher', () => {
  it('is told all that is there, be it far more than waits in memory, and then what comes', async (t) => {
    for (let at = 0; at < 100; at += 1) await put('Secret', `s-${String(at).padStart(3, '0')}`, 0)
    const watcher = new Watcher(
      `${secrets}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    )
    t.after(() => watcher.socket.destroy())
    await until(() => watcher.events.length > 0)
    watcher.socket.pause()
    await put('Secret', 'late', 1)
    watcher.socket.resume()
    await until(() => watcher.events.includes('ADDED late 1'))
    const expected = Array.from({ length: 100 }, (_, at) => `ADDED s-${String(at).padStart(3, '0')} 0`)
    assert.deepEqual(
      watcher.events.filter((event) => !event.startsWith('BOOKMARK') && !event.startsWith('ADDED late')),
      expected,
    )
    assert.equal(watcher.events.filter((event) => event.startsWith('BOOKMARK')).length, 1)
    assert.equal(watcher.events.filter((event) => event.startsWith('ADDED late')).length, 1)
  })

  it('that does not read for a while misses nothing, and hears each change once and in order', async (t) => {
    await put('ConfigMap', 'busy', 0)
    const watcher = new Watcher(maps)
    t.after(() => watcher.socket.destroy())
    await until(() => watcher.events.length === 1)
    watcher.socket.pause()
    for (let value = 1; value <= 150; value += 1) await put('ConfigMap', 'busy', value)
    watcher.socket.resume()
    await until(() => watcher.events.at(-1) === 'MODIFIED busy 150')
    await put('ConfigMap', 'busy', 151)
    await until(() => watcher.events.at(-1) === 'MODIFIED busy 151')
    const values = Array.from({ length: 151 }, (_, at) => `MODIFIED busy ${at + 1}`)
    assert.deepEqual(watcher.events, ['ADDED busy 0', ...values])
  })

  it('that has not read for longer than changes are kept is told to list again', async (t) => {
    const watcher = new Watcher(maps)
    t.after(() => watcher.socket.destroy())
    await until(() => watcher.events.length === 1)
    watcher.socket.pause()
    // Fewer than are kept of small objects: it is their weight that bounds them.
    for (let value = 0; value < 600; value += 1) await put('ConfigMap', 'busy', 1_000 + value)
    watcher.socket.resume()
    await until(() => watcher.socket.destroyed || watcher.events.at(-1) === 'ERROR')
    assert.equal(watcher.events.at(-1), 'ERROR')
    assert.ok(watcher.events.length < 100, `${watcher.events.length} waited in memory`)
  })
})

it('a watch behind another on the same connection ends with the connection, though it never had it', async (t) => {
  let begun = 0
  let over = 0
  const follow: Follow = async (_options, _sending, stop) => {
    begun += 1
    await once(stop, 'abort')
    over += 1
  }
  const form = { form: 'object', include: 'Metadata', kind: namespaceKind } as const
  const options = readWatchOptions(new URLSearchParams(), undefined, form)
  const never = new AbortController()
  const plain = createServer((_, response) => {
    void watch(follow, options, { clock: systemClock, response }, never.signal)
  })
  t.after(() => plain.close())
  await listenOn(plain, 0, '127.0.0.1')
  const [host = '', port] = serverAddress(plain).split(':')
  const socket = connect(Number(port), host)
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n'.repeat(3))
  await until(() => begun === 3)
  socket.destroy()
  await until(() => over === 3)
})
