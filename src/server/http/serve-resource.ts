import { unreachable } from '../../base/unreachable.ts'
import { readApiObject, readSubmitted } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { mayDo, type Action, type User } from '../access/roles.ts'
import { reviewKinds } from '../access/review-kinds.ts'
import { review } from '../access/reviews.ts'
import { findKind } from '../kinds/all-kinds.ts'
import { apiVersionOf, qualified, usualHead, type ResourceKind, type Verb } from '../kinds/resource-kind.ts'
import { changeObject, createObject, replacement } from '../objects/change-objects.ts'
import { deleteObject, readDeleteOptions } from '../objects/delete-objects.ts'
import { listEvents } from '../events/list-events.ts'
import type { Target } from '../objects/life.ts'
import { catchUp, wholeNumber, type Listable } from '../objects/list-objects.ts'
import { scaleOf } from '../objects/scale.ts'
import { keyOf, missing } from '../objects/call.ts'
import type { ResourceRoute } from '../route.ts'
import { json, type Answer } from './answer.ts'
import { readBody, readJson, type Asked } from './asked.ts'
import { deleteCollection, serveList, serveWatch } from './serve-collection.ts'
import { servePods } from './serve-pods.ts'
import { planVerb, servePlan } from './serve-plan.ts'
import { servePatch } from './serve-patch.ts'
import { callOf, doubting, nothingThere, type ResourceRequest } from './resource-request.ts'
import { showObject } from './show-object.ts'
import type { ServerSurroundings } from './server-surroundings.ts'
import { dynoOfPod } from '../pods/pod-of-dyno.ts'
import { createToken } from '../access/create-token.ts'

/** Everything under `/api/v1/…` and `/apis/GROUP/VERSION/…`. */
export async function serveResource(
  around: ServerSurroundings,
  route: ResourceRoute,
  asked: Asked,
  user: User,
): Promise<Answer> {
  const aside = (await serveReview(route, asked, user)) ?? (await servePlanned(around, { route, asked, user }))
  if (aside !== undefined) return aside

  const kind = findKind(route.group, route.version, route.plural)
  const verb = kind === undefined ? undefined : verbOf(asked, route, kind)
  if (kind === undefined || verb === undefined) throw kind?.kind === 'Pod' ? notInDyno(route) : nothingThere()
  authorize(user, actionOf(verb, route))
  const request = { kind, route, asked, user }
  return kind.kind === 'Pod' ? servePods(around, verb, request) : serve(around, verb, request)
}

function serve(around: ServerSurroundings, verb: Verb, request: ResourceRequest): Promise<Answer> {
  switch (verb) {
    case 'get':
      return get(around, request)
    case 'list':
      return serveList(around, request)
    case 'watch':
      return Promise.resolve(serveWatch(around, request))
    case 'create':
      return create(around, request)
    case 'update':
      return update(around, request)
    case 'patch':
      return patch(around, request)
    case 'delete':
      return remove(around, request)
    case 'deletecollection':
      return deleteCollection(around, request)
    default:
      return unreachable(verb)
  }
}

/** What kubectl asks of a pod that a dyno does elsewhere. A map, since a client's word looks up nothing on a prototype. */
const insteadOf: ReadonlyMap<string, string> = new Map(
  Object.entries({
    exec: 'run `heroku ps:exec --dyno DYNO --app APP`',
    attach: 'run `heroku ps:exec --dyno DYNO --app APP`',
    portforward: 'run `heroku ps:forward PORT --dyno DYNO --app APP`',
    ephemeralcontainers: 'run `heroku run bash --app APP` for a dyno beside it, or `heroku ps:exec`',
    eviction: 'run `heroku ps:restart DYNO --app APP`',
  }),
)

function notInDyno({ name = '', subresource = '' }: ResourceRoute): ApiFailure {
  const instead = insteadOf.get(subresource)
  if (instead === undefined) return nothingThere()
  const words = `pods/${subresource} is not served: ${instead.replace('DYNO', dynoOfPod(name))}`
  return new ApiFailure(failure('MethodNotAllowed', words))
}

async function serveReview(route: ResourceRoute, asked: Asked, user: User): Promise<Answer | undefined> {
  const { group, plural, name, namespace } = route
  const kind = reviewKinds.find((known) => known.group === group && known.plural === plural)
  if (kind === undefined || name !== undefined || namespace !== undefined) return undefined
  if (asked.method !== 'POST') throw notAllowed(asked.method)
  const body = readApiObject(await readJson(asked), { apiVersion: apiVersionOf(kind), kind: kind.kind })
  const answer = review(plural, body, user)
  return answer === undefined ? undefined : json(201, answer)
}

/** What is posted here is planned, and not made: no verb of the other subresources. */
async function servePlanned(
  around: ServerSurroundings,
  { route, asked, user }: Omit<ResourceRequest, 'kind'>,
): Promise<Answer | undefined> {
  const kind = route.subresource === 'plan' ? findKind(route.group, route.version, route.plural) : undefined
  if (kind?.kind !== 'StreamApp' || route.namespace === undefined) return undefined
  const verb = planVerb(asked.method)
  if (verb === undefined) throw notAllowed(asked.method)
  authorize(user, actionOf(verb, route))
  return servePlan(around, { kind, route, asked, user })
}

/** What a method means at an address. Undefined where there is no such address. */
function verbOf(asked: Asked, route: ResourceRoute, kind: ResourceKind): Verb | undefined {
  if (!isAddress(route, kind)) return undefined
  const { name, subresource } = route
  const verb = subresource === 'token' ? tokenVerb(asked.method) : methodVerb(asked, name !== undefined)
  if (verb === undefined || !isServed(verb, route, kind)) throw notAllowed(asked.method)
  return verb
}

function isAddress(
  { name, namespace, subresource }: ResourceRoute,
  { isNamespaced, subresources }: ResourceKind,
): boolean {
  const isPlaced = isNamespaced ? namespace !== undefined || name === undefined : namespace === undefined
  return isPlaced && (subresource === undefined || subresources.some((known) => known === subresource))
}

/** A subresource is not deleted, and what is made is made in a namespace. */
function isServed(
  verb: Verb,
  { namespace, subresource }: ResourceRoute,
  { isNamespaced, verbs }: ResourceKind,
): boolean {
  if (!verbs.includes(verb)) return false
  if (verb === 'delete') return subresource === undefined
  return verb !== 'create' || namespace !== undefined || !isNamespaced
}

function tokenVerb(method: string): Verb | undefined {
  return method === 'POST' ? 'create' : undefined
}

function methodVerb({ method, query }: Asked, hasName: boolean): Verb | undefined {
  const one: Readonly<Record<string, Verb>> = { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
  const many: Readonly<Record<string, Verb>> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' }
  const verb = hasName ? one[method] : many[method]
  const isWatch = query.get('watch') === 'true' || query.get('watch') === '1'
  return verb === 'list' && isWatch ? 'watch' : verb
}

function notAllowed(method: string): ApiFailure {
  return new ApiFailure(
    failure('MethodNotAllowed', `the server does not allow this method on the requested resource: ${method}`),
  )
}

function actionOf(verb: Verb, { group, plural, namespace, name, subresource }: ResourceRoute): Action {
  // Who may act in a namespace may see the namespace itself.
  const isNamespace = group === '' && plural === 'namespaces'
  return { verb, group, plural, subresource, namespace: isNamespace ? name : namespace }
}

function authorize(user: User, action: Action): void {
  if (mayDo(user, action)) return
  const { verb, group, plural, subresource, namespace } = action
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  const words = `${qualified({ group, plural })} is forbidden: User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${where}`
  throw new ApiFailure(failure('Forbidden', words, { group, kind: plural }))
}

async function get(around: ServerSurroundings, request: ResourceRequest): Promise<Answer> {
  const { target, subresource } = callOf(request)
  await around.cache.fresh()
  await catchUp(around.cache, wholeNumber(request.asked.query, 'resourceVersion') ?? 0)
  const found = target.kind.kind === 'Event' ? await findEvent(around, target) : around.cache.get(keyOf(target))
  if (found === undefined) throw missing(target)
  if (subresource === 'scale') return json(200, scaleOf(found.object))
  return showObject(around, request, { object: found.object, code: 200, warnings: [] })
}

async function findEvent(around: ServerSurroundings, { kind, namespace, name }: Target): Promise<Listable | undefined> {
  const { events } = await listEvents(around, kind, namespace)
  return events.find(({ object }) => object.metadata.name === name)
}

async function create(around: ServerSurroundings, request: ResourceRequest): Promise<Answer> {
  const call = callOf(request)
  const body = await readBody(request.asked)
  if (request.route.subresource === 'token') return json(201, await createToken(around, call, body.value))
  const submitted = readSubmitted(body.value, usualHead(call.target.kind))
  const { object, warnings } = await createObject(around, doubting(call, body), submitted)
  return showObject(around, request, { object, code: 201, warnings })
}

async function update(around: ServerSurroundings, request: ResourceRequest): Promise<Answer> {
  const call = callOf(request)
  const body = await readBody(request.asked)
  const make = replacement(body.value, call)
  const { object, warnings } = await changeObject(around, doubting(call, body), make)
  return showObject(around, request, { object, code: 200, warnings })
}

async function patch(around: ServerSurroundings, request: ResourceRequest): Promise<Answer> {
  const { object, warnings, change } = await servePatch(around, callOf(request), request.asked)
  return showObject(around, request, { object, code: change === 'created' ? 201 : 200, warnings })
}

async function remove(around: ServerSurroundings, request: ResourceRequest): Promise<Answer> {
  const options = readDeleteOptions(await readJson(request.asked), request.asked.query)
  const deleted = await deleteObject(around, callOf(request), options)
  if (deleted.kind === 'gone') return json(200, deleted.status)
  return showObject(around, request, { object: deleted.object, code: 200, warnings: [] })
}
