import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { noSuchEndpoint, rateLimited, unauthorized } from '../refusal.ts'
import { accountRoutes } from '../platform/account.ts'
import { addonRoutes } from '../platform/addons.ts'
import { appRoutes } from '../platform/apps.ts'
import { attachmentRoutes } from '../platform/attachments.ts'
import { buildRoutes } from '../platform/builds.ts'
import { configVarRoutes } from '../platform/config-vars.ts'
import { dynoRoutes } from '../platform/dynos.ts'
import { featureRoutes } from '../platform/features.ts'
import { formationRoutes } from '../platform/formation.ts'
import { logSessionRoutes } from '../platform/log-sessions.ts'
import { peopleRoutes } from '../platform/people.ts'
import { releaseRoutes } from '../platform/releases.ts'
import { slugRoutes } from '../platform/slugs.ts'
import { webhookRoutes } from '../platform/webhooks.ts'
import { acceptOf } from './accept.ts'
import { callOf } from './call.ts'
import type { Exchange } from './call.ts'
import { openDoors } from './open-doors.ts'
import { pageOf } from './range.ts'
import type { Route } from './route.ts'
import { isAuthorised, newServer, sendJson } from './server.ts'
import type { ServerParts } from './server.ts'

const rateLimitRoute = (parts: ServerParts): Route => ({
  method: 'GET',
  path: '/account/rate-limits',
  isFree: true,
  answer: () => ({ remaining: parts.knobs.rateLimit.tokens }),
})

const routesOf = (parts: ServerParts): readonly Route[] => [
  rateLimitRoute(parts),
  ...accountRoutes,
  ...appRoutes,
  ...formationRoutes,
  ...configVarRoutes,
  ...releaseRoutes,
  ...dynoRoutes,
  ...addonRoutes,
  ...attachmentRoutes,
  ...featureRoutes,
  ...slugRoutes,
  ...buildRoutes,
  ...logSessionRoutes,
  ...webhookRoutes,
  ...peopleRoutes,
]

/** The Platform API, over http. */
export function platformServer(parts: ServerParts): FastifyInstance {
  const server = newServer(parts)
  openDoors(server, parts)
  for (const route of routesOf(parts)) {
    server.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => answer(parts, route, { request, reply }),
    })
  }
  server.setNotFoundHandler((request, reply) => {
    admit(parts, request, reply)
    throw noSuchEndpoint(request.method, request.url)
  })
  return server
}

async function answer(parts: ServerParts, route: Route, { request, reply }: Exchange): Promise<FastifyReply> {
  admit(parts, request, reply, route.isFree)
  const accept = acceptOf(request.headers, request.method, request.url)
  const call = callOf(parts.world, accept, { request, reply })
  const whole: unknown = await route.answer(call)
  const { status, body } = paged(route, whole, { request, reply })
  parts.world.options.onAnswer?.({
    host: 'platform',
    method: route.method,
    route: route.path,
    version: accept.version,
    widened: accept.inclusion.size + accept.expansion.size > 0,
    status,
    body,
  })
  return sendJson(request, reply.code(status), body)
}

/** Key first, then tokens: a 401 costs nothing. */
function admit({ world, knobs }: ServerParts, request: FastifyRequest, reply: FastifyReply, isFree = false): void {
  if (!isAuthorised(request.headers.authorization, world.options.apiKey)) throw unauthorized()
  const isAdmitted = isFree || knobs.rateLimit.take()
  reply.header('RateLimit-Remaining', String(knobs.rateLimit.tokens))
  if (!isAdmitted) throw rateLimited()
}

function paged(route: Route, whole: unknown, { request, reply }: Exchange): { status: number; body: unknown } {
  if (route.range === undefined || !Array.isArray(whole)) return { status: route.status ?? 200, body: whole }
  const header = request.headers.range
  const page = pageOf(whole, route.range, header)
  reply.header('Accept-Ranges', route.range.join(', '))
  if (page.contentRange !== null) reply.header('Content-Range', page.contentRange)
  if (page.nextRange !== null) reply.header('Next-Range', page.nextRange)
  return { status: page.status, body: page.items }
}
