import type { FastifyReply, FastifyRequest } from 'fastify'
import type { World } from '../world.ts'
import type { Accept } from './accept.ts'
import type { Call } from './route.ts'

/** One request and its answer, as the server has them. */
export interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export const callOf = (world: World, accept: Accept, { request, reply }: Exchange): Call => ({
  world,
  params: paramsOf(request),
  body: request.body,
  accept,
  header: (name, value) => void reply.header(name, value),
})

/** What stands at the `:names` of the path. */
export const paramsOf = ({ params }: FastifyRequest): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(Object(params)).map(([name, value]) => [name, String(value)]))
