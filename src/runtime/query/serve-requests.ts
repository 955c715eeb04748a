import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { openServer, type OpenServer } from '../../host/open-server.ts'
import { answerCommand } from './answer-command.ts'
import { answerRequest, type Served } from './answer-request.ts'

/** Serves metrics and stores over HTTP, to read and never to write; only the worker as a whole can be paused. Port 0 takes a free one. */
export async function serveRequests(
  served: Served,
  at: { readonly host: string; readonly port: number },
): Promise<OpenServer> {
  const server = createServer((request, response) => void respond(served, request, response))
  try {
    return await openServer(server, at)
  } catch (cause) {
    throw new Error(`cannot serve metrics on ${at.host}:${at.port}: set WEIR_METRICS_PORT to a free port`, { cause })
  }
}

async function respond(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method } = request
  const isRead = method === 'GET' || method === 'HEAD'
  const { status, body } = isRead ? await answer(served, request.url ?? '/') : answerCommand(served, request)
  const isText = typeof body === 'string'
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json',
    ...(status === 503 && { 'retry-after': '1' }),
  })
  response.end(method === 'HEAD' ? undefined : isText ? body : `${JSON.stringify(body)}\n`)
}

/** A fault of ours is told to who asked, and does not end the worker. */
async function answer(served: Served, url: string) {
  try {
    return await answerRequest(served, url)
  } catch (error) {
    return { status: 500, body: { error: error instanceof Error ? error.message : String(error) } }
  }
}
