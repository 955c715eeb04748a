import type { Reply, Served } from './answer-request.ts'

interface Command {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, unknown>>
}

/** What is asked of a worker as a whole: to pause, or to go on. Asking twice is as good as once. */
export function answerCommand({ dyno, board, pausing }: Served, { method, url = '/', headers }: Command): Reply {
  const path = url.split('?', 1)[0]
  if (method !== 'POST' || (path !== '/pause' && path !== '/resume'))
    return { status: 405, body: { error: 'use GET, or POST to /pause or /resume' } }
  // A page in somebody's browser may reach a port of this machine; browsers say where a POST comes from.
  if (headers['origin'] !== undefined) return { status: 403, body: { error: 'not from a web page' } }
  if (path === '/pause') pausing.pause()
  else pausing.resume()
  return { status: 200, body: { dyno, state: board.state, isPaused: pausing.isPaused } }
}
