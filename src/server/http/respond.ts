import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiFailure, failure } from '../api-status.ts'
import { refusal, send, type Answer, type TextAnswer } from './answer.ts'
import type { Asked } from './asked.ts'
import type { Outgoing } from './outgoing.ts'
import { readBytes } from './read-body.ts'

interface RespondSurroundings {
  readonly say: (message: string, fields: object) => void
  readonly stop: AbortSignal
  readonly outgoing: Outgoing
}

/** From Node's request to an answer on the wire. It never rejects: what fails is said and ends the connection. */
export async function respond(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  handle: (asked: Asked) => Promise<Answer>,
  { say, stop, outgoing }: RespondSurroundings,
): Promise<void> {
  response.on('error', () => response.destroy())
  if (stop.aborted) return send(response, stopping)
  try {
    const answer = await answerTo(request, handle)
    if (answer.kind === 'stream') await answer.start(response, stop)
    else outgoing.send(response, answer)
    // What was not read of the request must not be taken for the next one.
    if (!request.complete) request.resume()
  } catch (error) {
    say('answer-failed', { error: String(error) })
    if (response.headersSent) response.destroy()
    else send(response, refusal(failureOf(error)))
  }
}

/** A watch that ended with the server is asked for anew at once, on the connection that it had: it belongs to the next one. */
const stopping: TextAnswer = {
  ...refusal(failure('ServiceUnavailable', 'the server is stopping; please try again', { retryAfterSeconds: 1 })),
  headers: { 'Retry-After': '1', Connection: 'close' },
}

function failureOf(error: unknown): ApiFailure['status'] {
  if (error instanceof ApiFailure) return error.status
  return failure('InternalError', 'the server could not answer; its log says why')
}

async function answerTo(request: IncomingMessage, handle: (asked: Asked) => Promise<Answer>): Promise<Answer> {
  const asked = readAsked(request)
  if (asked === undefined) return refusal(failure('BadRequest', 'the address is not readable'))
  return handle(asked)
}

/** Undefined where the address is no address. */
function readAsked(request: IncomingMessage): Asked | undefined {
  const { method = 'GET', url = '/', headers } = request
  const parsed = URL.parse(url, 'http://host')
  const path = parsed === null ? undefined : decoded(parsed.pathname)
  if (parsed === null || path === undefined) return undefined
  return {
    method,
    path,
    query: parsed.searchParams,
    header: (name) => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    bytes: () => readBytes(request),
  }
}

function decoded(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return undefined
  }
}
