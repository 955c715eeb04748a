import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { gunzipSync } from 'node:zlib'
import type { KeyPair } from '../../src/host/certificate-authority.ts'
import { openServer } from '../../src/host/open-server.ts'

export interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  /** JSON, unpacked where it came packed. */
  readonly body: string
}

/** Keeps what is pushed to it, and answers with these codes, one after the other, and with 200 from then on. */
export const openCollector = (...codes: number[]) => open(codes)

/** The same behind TLS. */
export const openTlsCollector = (pair: KeyPair) => open([], pair)

async function open(codes: number[], pair?: KeyPair) {
  const received: Received[] = []
  const receive: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url = '', headers } = request
      const bytes = Buffer.concat(chunks)
      const body = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
      received.push({ path: url, headers, body })
      response.writeHead(codes.shift() ?? 200, { 'content-type': 'application/json' }).end('{}')
    })
  }
  const server =
    pair === undefined ? createServer(receive) : createTlsServer({ cert: pair.certificate, key: pair.key }, receive)
  const opened = await openServer(server, { host: '127.0.0.1', port: 0 })
  return {
    received,
    endpoint: `${pair === undefined ? 'http' : 'https'}://127.0.0.1:${opened.port}`,
    [Symbol.asyncDispose]: () => opened.close(),
  }
}
