import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
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
  void reply(request, response)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'string' ? undefined : address?.port
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(port)
})

async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readAll(request)
  const [status, told] = failures-- > 0 ? [503, {}] : answer(request, body)
  response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' })
  response.end(JSON.stringify(told))
}

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
  return method === 'GET' ? find(name, rest) : post(name, rest, body)
}

function find(subject: string, rest: string): object {
  const version = /^\/versions\/(\d+)$/.exec(rest)?.[1]
  if (version !== undefined) return shown(registry.version(subject, Number(version)))
  const { id, schema } = registry.latest(subject)
  return { ...shown(schema), id, subject }
}

function post(subject: string, rest: string, body: string): object {
  const { schema, schemaType = 'AVRO', references = [] }: Posted = JSON.parse(body)
  const posted: Schema = { type: schemaType, text: schema, references }
  return { id: rest === '/versions' ? registry.register(subject, posted) : registry.lookUp(subject, posted) }
}

function shown({ type, text, references }: Schema): object {
  return { ...(type !== 'AVRO' && { schemaType: type }), schema: text, ...(references.length > 0 && { references }) }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
