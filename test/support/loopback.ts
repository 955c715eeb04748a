import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Request {
  readonly line: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Loopback extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly Request[]
}

/** A plain http server on this machine, which remembers what it was asked. */
export async function loopback(answer: (response: ServerResponse, request: Request) => void): Promise<Loopback> {
  const requests: Request[] = []
  const receive = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(incoming)
    const request = { line: `${incoming.method} ${incoming.url}`, headers: incoming.headers, body }
    requests.push(request)
    answer(response, request)
  }
  const server = createServer((incoming, response) => void receive(incoming, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
}
