import { unreachable } from '../../base/unreachable.ts'
import type { JsonObject } from '../../record/record.ts'
import type { User } from '../access/roles.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { discoverGroup, discoverGroups, discoverResources } from '../discovery.ts'
import type { OpenapiV3 } from '../openapi/openapi-v3.ts'
import { takeHook } from '../hooks/take-hook.ts'
import { parseRoute, type Route } from '../route.ts'
import { json, plain, refusal, type Answer, type StreamAnswer } from './answer.ts'
import type { Asked } from './asked.ts'
import { encodeOpenapiV2 } from '../openapi/encode-openapi-v2.ts'
import { chooseDiscovery, parseAccept } from './media-type.ts'
import { nothingThere } from './resource-request.ts'
import { serveResource } from './serve-resource.ts'
import type { ServerSurroundings } from './server-surroundings.ts'

export interface Documents {
  readonly openapi: OpenapiV3
  readonly openapiV2: JsonObject
}

/** One request, from its address to its answer. What goes wrong by the client's doing is an answer, too. */
export async function handleRequest(around: ServerSurroundings, documents: Documents, asked: Asked): Promise<Answer> {
  try {
    const hooked = await takeHook(asked, { ...around, secret: around.hookSecret })
    if (hooked !== undefined) return hooked
    const route = parseRoute(asked.path)
    if (route === undefined) throw nothingThere()
    if (route.kind === 'probe') return await probe(around, route.name)
    if (route.kind === 'version') return readOnly(asked, json(200, version))
    const { user, token } = await authenticate(around, asked)
    const answer = async (): Promise<Answer> =>
      route.kind === 'resource'
        ? serveResource(around, route, weighed(around, asked, user), user)
        : readOnly(asked, describeApi(route, documents, asked))
    const given = await (around.shares === undefined ? answer() : around.shares.enter(user.name, answer))
    return given.kind === 'stream' ? whileKnown(around, given, token, user) : given
  } catch (error) {
    if (error instanceof ApiFailure) return refusal(error.status)
    around.say('request-failed', { method: asked.method, path: asked.path, error: String(error) })
    return refusal(failure('InternalError', 'the server could not answer; its log says why'))
  }
}

/** Kubernetes' minor version decides which kubectl the dispatcher of some distributions runs. */
const version = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0+weirkeeper',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
}

async function probe({ cache, say }: ServerSurroundings, name: string): Promise<Answer> {
  if (name !== 'readyz') return plain(200, 'ok')
  try {
    await cache.fresh()
    return plain(200, 'ok')
  } catch (error) {
    say('record-unreachable', { error: String(error) })
    return plain(503, 'the record cannot be reached')
  }
}

function readOnly({ method }: Asked, answer: Answer): Answer {
  if (method === 'GET' || method === 'HEAD') return answer
  throw new ApiFailure(failure('MethodNotAllowed', `the server does not allow this method here: ${method}`))
}

/** What a user sends is part of the share: large bodies cost more than the requests that bring them. */
function weighed({ shares }: ServerSurroundings, asked: Asked, { name }: User): Asked {
  const bytes = async (): Promise<Buffer> => {
    const body = await asked.bytes()
    shares?.charge(name, body.length)
    return body
  }
  return { ...asked, bytes }
}

function whileKnown({ longAnswers }: ServerSurroundings, answer: StreamAnswer, token: string, user: User): Answer {
  const start: StreamAnswer['start'] = (response, signal) =>
    longAnswers.hold(token, user, (revoked) => answer.start(response, AbortSignal.any([signal, revoked])))
  return { kind: 'stream', start }
}

async function authenticate(
  { authenticate: known, clock, cache }: ServerSurroundings,
  { header }: Asked,
): Promise<{ readonly user: User; readonly token: string }> {
  const [, token] = /^Bearer\s+(\S+)$/i.exec(header('authorization') ?? '') ?? []
  if (token === undefined) throw new ApiFailure(failure('Unauthorized', 'Unauthorized'))
  const user = known(token, clock.now())
  if (user !== undefined) return { user, token }
  // Another dyno may have given it out a moment ago.
  await cache.fresh()
  const late = known(token, clock.now())
  if (late === undefined) throw new ApiFailure(failure('Unauthorized', 'Unauthorized'))
  return { user: late, token }
}

function describeApi(
  route: Exclude<Route, { kind: 'probe' | 'version' | 'resource' }>,
  documents: Documents,
  asked: Asked,
): Answer {
  switch (route.kind) {
    case 'groups':
      return groups(route.core, asked)
    case 'group':
      return orNothing(discoverGroup(route.group))
    case 'resources':
      return orNothing(discoverResources(route.group, route.version))
    case 'openapi':
      return route.path === 'v2' ? describeV2(documents.openapiV2, asked) : describeV3(route.path, documents.openapi)
    default:
      return unreachable(route)
  }
}

function groups(isCore: boolean, asked: Asked): Answer {
  const form = chooseDiscovery(asked.header('accept'))
  if (form === undefined) {
    throw new ApiFailure(failure('NotAcceptable', 'only the following media types are accepted: application/json'))
  }
  const answer = json(200, discoverGroups(isCore, form))
  if (form === 'plain') return answer
  return { ...answer, contentType: `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList` }
}

function orNothing(found: object | undefined): Answer {
  if (found === undefined) throw nothingThere()
  return json(200, found)
}

/** Clients ask for `v2@v1.0`, and cannot read a type with an `@` in it back. */
const v2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** kubectl before 1.29 takes protobuf alone; whoever takes JSON gets that. */
function describeV2(document: JsonObject, asked: Asked): Answer {
  const types = parseAccept(asked.header('accept')).map(({ type }) => type)
  if (types.some((type) => type === 'application/json' || type === '*/*')) return json(200, document)
  const [wanted] = types.filter((type) => type.startsWith('application/com.github.proto-openapi.spec.v2'))
  if (wanted === undefined) throw new ApiFailure(failure('NotAcceptable', 'only application/json is accepted'))
  return { kind: 'text', code: 200, body: encodeOpenapiV2(document), contentType: v2Protobuf }
}

function describeV3(path: string, { index, documents }: OpenapiV3): Answer {
  if (path === 'v3') return json(200, index)
  const document = documents.get(path.replace(/^v3\//, ''))
  if (document === undefined || !path.startsWith('v3/')) throw nothingThere()
  return {
    kind: 'text',
    code: 200,
    body: document,
    contentType: 'application/json',
    // Its address holds its hash: another text has another address.
    headers: { 'Cache-Control': 'public, immutable' },
  }
}
