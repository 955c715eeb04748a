import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { RegistryError, type Schema, type SchemaType } from '../../src/registry.ts'
import { MemoryRegistry } from '../../src/testing/index.ts'

const registry = new MemoryRegistry()
const { password }: { readonly password: string | undefined } = workerData
let failures = 2

interface Posted {
  readonly schema: string
  readonly schemaType?: SchemaType
  readonly references?: Schema['references']
}

/** The first two requests meet a registry that is ill. */
const server = createServer((request, response) => {
  void readAll(request).then((body) => {
    const [status, told] = failures-- > 0 ? [503, {}] : answer(request, body)
    response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' })
    response.end(JSON.stringify(told))
  })
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(port)
})

function answer({ method, url = '', headers }: IncomingMessage, body: string): readonly [number, object] {
  const basic = `Basic ${Buffer.from(password ?? '').toString('base64')}`
  if (password !== undefined && headers.authorization !== basic)
    return [401, { error_code: 401, message: 'Unauthorized' }]
  try {
    return [200, route(`${method} ${url}`, body)]
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error
    return [404, { error_code: error.code, message: error.message }]
  }
}

function route(what: string, body: string): object {
  const id = /^GET \/schemas\/ids\/(\d+)$/.exec(what)?.[1]
  if (id !== undefined) return shown(registry.schema(Number(id)))
  const [, method, subject = '', rest = ''] = /^(GET|POST) \/subjects\/([^/]+)(.*)$/.exec(what) ?? []
  const name = decodeURIComponent(subject)
  if (method === 'GET' && rest === '/versions/latest') {
    const latest = registry.latest(name)
    return { ...shown(latest.schema), id: latest.id, subject: name }
  }
  if (method === 'GET') return shown(registry.version(name, Number(/^\/versions\/(\d+)$/.exec(rest)?.[1])))
  const { schema, schemaType = 'AVRO', references = [] }: Posted = JSON.parse(body)
  const posted: Schema = { type: schemaType, text: schema, references }
  return { id: rest === '/versions' ? registry.register(name, posted) : registry.lookUp(name, posted) }
}

function shown({ type, text, references }: Schema): object {
  return { ...(type !== 'AVRO' && { schemaType: type }), schema: text, ...(references.length > 0 && { references }) }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
