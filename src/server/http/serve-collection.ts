import { unreachable } from '../../base/unreachable.ts'
import type { JsonObject } from '../../record/record.ts'
import { ApiFailure } from '../api-status.ts'
import { apiVersionOf, type ResourceKind } from '../kinds/resource-kind.ts'
import { deleteObject, readDeleteOptions } from '../objects/delete-objects.ts'
import { listEvents } from '../events/list-events.ts'
import { watchEvents } from '../events/watch-events.ts'
import { listObjects, readListOptions, readSelectors, type Listable, type ListPage } from '../objects/list-objects.ts'
import { partialOf, rowOf, tableOf } from '../table.ts'
import { followCache } from '../watch/follow-cache.ts'
import { readWatchOptions, watch, type Follow } from '../watch/watch.ts'
import { json, type Answer, type StreamAnswer } from './answer.ts'
import { readJson } from './asked.ts'
import { callOf, type ResourceRequest } from './resource-request.ts'
import { formFor, includeFor } from './show-object.ts'
import type { ServerSurroundings } from './server-surroundings.ts'

/** What is listed, before it is given a form. */
interface Listed {
  readonly items: readonly Listable[]
  readonly metadata: JsonObject
}

export async function serveList(around: ServerSurroundings, request: ResourceRequest): Promise<Answer> {
  const { kind, asked } = request
  const form = formFor(asked)
  const { items, metadata } = await (kind.kind === 'Event' ? eventsOf(around, request) : pageOf(around, request))
  switch (form) {
    case 'object':
      return { kind: 'text', code: 200, body: listText(items, kind, metadata), contentType: 'application/json' }
    case 'partial': {
      const partial = items.map(({ object }) => partialOf(object))
      return json(200, { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: partial })
    }
    case 'table': {
      const how = { include: includeFor(asked), nowMs: around.clock.now() }
      const rows = items.map(({ object }) => rowOf(object, kind, how))
      return json(200, tableOf(rows, kind, metadata, true))
    }
    default:
      return unreachable(form)
  }
}

async function pageOf({ cache }: ServerSurroundings, { kind, route, asked }: ResourceRequest): Promise<Listed> {
  const page = await listObjects(cache, kind.kind, route.namespace, readListOptions(asked.query, kind))
  return { items: page.objects, metadata: metadataOf(page) }
}

async function eventsOf(around: ServerSurroundings, { kind, route, asked }: ResourceRequest): Promise<Listed> {
  const isChosen = readSelectors(asked.query, kind) ?? (() => true)
  const { events, version } = await listEvents(around, kind, route.namespace)
  const items = events.filter(({ object }) => isChosen(object))
  return { items, metadata: { resourceVersion: String(version) } }
}

function metadataOf(page: ListPage): JsonObject {
  return {
    resourceVersion: String(page.version),
    ...(page.continue === undefined ? {} : { continue: page.continue }),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  }
}

/** Put together from the texts that the cache keeps: a list costs no more than copying it. */
function listText(items: readonly Listable[], kind: ResourceKind, metadata: JsonObject): string {
  const head = JSON.stringify({ kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata })
  return `${head.slice(0, -1)},"items":[${items.map(({ json: text }) => text).join(',')}]}`
}

export function serveWatch(around: ServerSurroundings, { kind, route, asked }: ResourceRequest): StreamAnswer {
  const form = { form: formFor(asked), include: includeFor(asked), kind }
  const options = readWatchOptions(asked.query, route.namespace, form)
  const follow: Follow =
    kind.kind === 'Event'
      ? (chosen, sending, stop) => watchEvents(around, chosen, sending, stop)
      : followCache(around.cache)
  return {
    kind: 'stream',
    start: (response, signal) => watch(follow, options, { clock: around.clock, response }, signal),
  }
}

/** DELETE of a collection: each object for itself. One that went meanwhile was to go anyhow. */
export async function deleteCollection(around: ServerSurroundings, request: ResourceRequest): Promise<Answer> {
  const { kind, route, asked } = request
  const options = readDeleteOptions(await readJson(asked), asked.query)
  const page = await listObjects(around.cache, kind.kind, route.namespace, readListOptions(asked.query, kind))
  const call = callOf(request)
  for (const { key } of page.objects) {
    const target = { kind, namespace: key.namespace, name: key.name }
    await deleteObject(around, { ...call, target }, options).catch(ignoreGone)
  }
  return {
    kind: 'text',
    code: 200,
    body: listText(page.objects, kind, metadataOf(page)),
    contentType: 'application/json',
  }
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof ApiFailure) || error.status.reason !== 'NotFound') throw error
}
