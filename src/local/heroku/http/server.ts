import { createHash } from 'node:crypto'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import { badRequest, Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import type { Fault, Knobs } from './knobs.ts'

export interface ServerParts {
  readonly host: 'platform' | 'data'
  readonly world: World
  readonly knobs: Knobs
  readonly tls?: { readonly key: string; readonly cert: string }
}

/** What both APIs do alike: JSON bodies, faults, latency, the log of requests, errors as `{id, message}`. */
export function newServer(parts: ServerParts): FastifyInstance {
  const options: FastifyServerOptions = {
    logger: false,
    forceCloseConnections: true,
    ...(parts.tls === undefined ? {} : { https: parts.tls }),
  }
  const server: FastifyInstance = Fastify(options)
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => parseBody(String(text), done))
  server.addHook('onRequest', async (request, reply) => {
    reply.header('Request-Id', requestIdOf(request, parts.world))
    await meetFault(parts, request, reply)
  })
  server.addHook('onResponse', async (request, reply) => {
    parts.knobs.requests.push({
      host: parts.host,
      method: request.method,
      path: request.url,
      status: reply.statusCode,
    })
  })
  server.setErrorHandler(async (error, request, reply) => {
    const refusal = refusalFor(error, request, parts)
    return reply.code(refusal.status).type('application/json').send(JSON.stringify(refusal.body))
  })
  return server
}

function parseBody(text: string, done: (error: Error | null, body?: unknown) => void): void {
  if (text.trim() === '') return done(null, undefined)
  try {
    done(null, JSON.parse(text))
  } catch {
    done(badRequest('The request body is not JSON.'))
  }
}

/** The client's own is returned; the real CLI sends a growing list and takes ours up. */
function requestIdOf(request: FastifyRequest, world: World): string {
  const sent = request.headers['request-id']
  return typeof sent === 'string' && sent !== '' ? sent.slice(0, 7_000) : world.id()
}

function refusalFor(error: unknown, request: FastifyRequest, { host, world }: ServerParts): Refusal {
  if (error instanceof Refusal) return error
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'statusCode') : undefined
  if (typeof code === 'number' && code >= 400 && code < 500) {
    return new Refusal(code, { id: 'bad_request', message: String(error) })
  }
  world.log('the emulator failed', { host, method: request.method, path: request.url, error: String(error) })
  return new Refusal(500, { id: 'internal_server_error', message: `The local emulator failed: ${String(error)}` })
}

const faultOf = ({ host, knobs }: ServerParts, request: FastifyRequest): Fault | null =>
  knobs.fault({ host, method: request.method, path: request.url })

async function meetFault(parts: ServerParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { knobs, world } = parts
  const fault = faultOf(parts, request)
  const waitMs = knobs.latencyMs + (fault?.kind === 'delay' ? fault.ms : 0)
  if (waitMs > 0) await world.options.clock.sleep(waitMs, world.signal)
  if (fault?.kind === 'drop') hangUp(request, reply)
  if (fault?.kind === 'lose-answer') request.losesAnswer = true
  if (fault?.kind === 'status') await answerFault(fault, reply)
}

async function answerFault(fault: Extract<Fault, { kind: 'status' }>, reply: FastifyReply): Promise<void> {
  const body = fault.body ?? { id: 'injected', message: `A fault of the test: ${fault.status}.` }
  await reply.code(fault.status).type('application/json').send(JSON.stringify(body))
}

/** No answer, and nothing more is done: fastify leaves a hijacked reply alone. */
function hangUp(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.raw.socket.destroy()
  return reply.hijack()
}

declare module 'fastify' {
  interface FastifyRequest {
    losesAnswer?: boolean
  }
}

/** Answers JSON with an ETag; what the client has already is a 304. */
export function sendJson(request: FastifyRequest, reply: FastifyReply, body: unknown): FastifyReply {
  if (request.losesAnswer === true) return hangUp(request, reply)
  const text = JSON.stringify(body)
  if (request.method !== 'GET' || reply.statusCode > 206) return reply.type('application/json').send(text)
  const etag = `"${createHash('md5').update(text).digest('hex')}"`
  reply.header('ETag', etag)
  const known = request.headers['if-none-match'] ?? ''
  if (known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)) return reply.code(304).send()
  return reply.type('application/json; charset=utf-8').send(text)
}

export const isAuthorised = (header: string | undefined, apiKey: string): boolean => {
  const [scheme = '', value = ''] = (header ?? '').split(' ', 2)
  if (scheme.toLowerCase() === 'bearer') return value === apiKey
  if (scheme.toLowerCase() !== 'basic') return false
  const pair = Buffer.from(value, 'base64').toString()
  return pair.slice(pair.indexOf(':') + 1) === apiKey
}
