import { isDeepStrictEqual } from 'node:util'
import { foresee, refused, type Foresight } from '../../controller/keep/foresee.ts'
import { wayFor } from '../../controller/keep/heroku-way.ts'
import { keptFrom, type KeptStreamApp } from '../../controller/keep/kept-stream-app.ts'
import { planJson } from '../../controller/plan/plan-json.ts'
import { asJson } from '../../record/as-json.ts'
import { admit } from '../admit/admit.ts'
import { objectAt, readApiObject, withMetadata, type ApiObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { apiVersionOf, usualHead } from '../kinds/resource-kind.ts'
import { keyOf, missing } from '../objects/call.ts'
import { checkHead } from '../objects/life.ts'
import { json, type Answer } from './answer.ts'
import { readJson } from './asked.ts'
import { herokuRefusal } from './heroku-refusal.ts'
import { callOf, type ResourceRequest } from './resource-request.ts'
import type { ServerSurroundings } from './server-surroundings.ts'

/** Planning is reading, but asks Heroku for whatever app a posted manifest names: that is for who may declare it. */
export function planVerb(method: string): 'get' | 'create' | undefined {
  if (method === 'GET') return 'get'
  return method === 'POST' ? 'create' : undefined
}

/**
 * `…/streamapps/NAME/plan`: what the controller would do next for the StreamApp as it is kept (GET), or as the body has
 * it (POST). Nothing is written, here or at Heroku.
 */
export async function servePlan(around: ServerSurroundings, request: ResourceRequest): Promise<Answer> {
  const { kind } = request
  await around.cache.fresh()
  const kept = request.asked.method === 'GET' ? standing(around, request) : await posted(around, request)
  const { namespace, name } = kept.key
  const plan = await planOf(kept, around)
  return json(200, {
    kind: 'StreamAppPlan',
    apiVersion: apiVersionOf(kind),
    metadata: { name, namespace },
    ...planJson(plan),
  })
}

async function planOf(
  kept: KeptStreamApp,
  { sights, record, cache, clock, stop }: ServerSurroundings,
): Promise<Foresight> {
  if (sights === undefined) {
    const words = 'nothing is planned here: set WEIR_HEROKU_API_KEY for the web process, or add --direct'
    throw new ApiFailure(failure('ServiceUnavailable', words))
  }
  const way = await wayFor({ namespace: kept.key.namespace, app: kept.app?.spec.app }, sights, record)
  if (!way.ok) return refused(way.error)
  const others = cache.list('StreamApp').objects.map(({ key, object }) => ({ ...object, key }))
  const foreseen = await foresee(kept, way.value, { nowMs: clock.now(), signal: stop, others })
  if (foreseen.ok) return foreseen.value
  if (foreseen.error.kind === 'refusal') return refused(foreseen.error.refusal)
  throw herokuRefusal(foreseen.error.failure)
}

function standing({ cache }: ServerSurroundings, request: ResourceRequest): KeptStreamApp {
  const { target } = callOf(request)
  const found = cache.get(keyOf(target))
  if (found === undefined) throw missing(target)
  return keptFrom({ key: found.key, version: found.version, body: asJson(found.object) })
}

/** As it would be kept once it was declared: with what is known of it by now, and as news where its spec is another. */
async function posted({ cache }: ServerSurroundings, request: ResourceRequest): Promise<KeptStreamApp> {
  const { target } = callOf(request)
  const submitted = readApiObject(await readJson(request.asked), usualHead(target.kind))
  checkHead(submitted, target)
  const { namespace, name } = target
  const before = cache.get(keyOf(target))?.object
  const placed = withMetadata(submitted, { namespace, name })
  const { object } = admit(target.kind, { object: placed, current: before, fieldValidation: 'Strict' })
  const generation = generationOf(object, before)
  const whole: ApiObject = { ...withMetadata(object, { generation }), status: objectAt(before, 'status') }
  return keptFrom({ key: keyOf(target), version: 0, body: asJson(whole) })
}

function generationOf(object: ApiObject, before: ApiObject | undefined): number {
  const { generation = 0 } = before?.metadata ?? {}
  return isDeepStrictEqual(asJson(objectAt(object, 'spec')), asJson(objectAt(before, 'spec')))
    ? generation
    : generation + 1
}
