import { createServer, type ServerResponse } from 'node:http'
import { openServer, type OpenServer } from './open-server.ts'

export interface Probes {
  /** Prometheus' text format 0.0.4. */
  readonly metrics: () => Promise<string>
  /** What `/readyz` says, and whether that is good. */
  readonly ready: () => { readonly isReady: boolean; readonly text: string }
}

/**
 * `/livez`, `/readyz` and `/metrics` over plain HTTP, as Kubernetes and Prometheus ask for them. Whoever is alive answers
 * `/livez`; a process that waits for its database is alive and not ready. Port 0 takes a free one.
 */
export async function serveProbes(
  probes: Probes,
  at: { readonly host: string; readonly port: number },
): Promise<OpenServer> {
  return openServer(
    createServer((request, response) => void respond(request.url ?? '/', probes, response)),
    at,
  )
}

async function respond(url: string, probes: Probes, response: ServerResponse): Promise<void> {
  const { status, type = 'text/plain; charset=utf-8', text } = await answer(url, probes)
  response.writeHead(status, { 'content-type': type })
  response.end(text)
}

interface Answer {
  readonly status: number
  readonly type?: string
  readonly text: string
}

async function answer(url: string, { metrics, ready }: Probes): Promise<Answer> {
  switch (new URL(url, 'http://localhost').pathname) {
    case '/livez':
      return { status: 200, text: 'ok\n' }
    case '/readyz': {
      const { isReady, text } = ready()
      return { status: isReady ? 200 : 503, text: `${text}\n` }
    }
    case '/metrics':
      return metrics().then(
        (text) => ({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', text }),
        (cause: unknown) => ({ status: 500, text: `metrics could not be read: ${String(cause)}\n` }),
      )
    default:
      return { status: 404, text: 'ask for /livez, /readyz or /metrics\n' }
  }
}
