import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isAuthorised, newServer, sendJson } from '../http/server.ts'
import type { ServerParts } from '../http/server.ts'
import { callOf } from '../http/call.ts'
import type { Exchange } from '../http/call.ts'
import type { Accept } from '../http/accept.ts'
import type { Route } from '../http/route.ts'
import { noSuchEndpoint, Refusal, unauthorized } from '../refusal.ts'
import { clusterRoutes } from './cluster.ts'
import { groupRoutes } from './groups.ts'
import { topicRoutes } from './topics.ts'

const routes: readonly Route[] = [...clusterRoutes, ...topicRoutes, ...groupRoutes]

/** The CLI sends several `Accept` headers here; the service looks at none of them. */
const accept: Accept = { version: '3', inclusion: new Set(), expansion: new Set() }

/** The Kafka data API: TLS, because the real clients hard-code `https://`. */
export function dataServer(parts: ServerParts): FastifyInstance {
  const server = newServer(parts)
  for (const route of routes) {
    server.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => answer(parts, route, { request, reply }),
    })
  }
  server.setNotFoundHandler((request) => {
    admit(parts, request)
    throw noSuchEndpoint(request.method, request.url)
  })
  return server
}

async function answer(parts: ServerParts, route: Route, { request, reply }: Exchange): Promise<FastifyReply> {
  admit(parts, request)
  const { world, knobs } = parts
  const call = callOf(world, accept, { request, reply })
  try {
    const body: unknown = await route.answer(call)
    world.options.onAnswer?.({
      host: 'data',
      method: route.method,
      route: route.path,
      version: '',
      widened: false,
      status: 200,
      body,
    })
    return sendJson(request, reply, body)
  } catch (error) {
    if (error instanceof Refusal && error.status === 404 && knobs.emptyNotFound) return reply.code(404).send()
    throw error
  }
}

function admit({ world }: ServerParts, request: FastifyRequest): void {
  if (!isAuthorised(request.headers.authorization, world.options.apiKey)) throw unauthorized()
}
