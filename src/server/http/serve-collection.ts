import { unreachable } from '../../base/unreachable.ts'
import type { JsonObject } from '../../record/record.ts'
import { ApiFailure } from '../api-status.ts'
import { apiVersionOf } from '../kinds/resource-kind.ts'
import { deleteObject, readDeleteOptions } from '../objects/delete-objects.ts'
import { listObjects, readListOptions, type ListPage } from '../objects/list-objects.ts'
import { partialOf, rowOf, tableOf } from '../table.ts'
import { readWatchOptions, watch } from '../watch/watch.ts'
import { json, type Answer } from './answer.ts'
import { readJson } from './asked.ts'
import { callOf, type ResourceRequest } from './resource-request.ts'
import { formFor, includeFor } from './show-object.ts'
import type { ServerSurroundings } from './server-surroundings.ts'

export async function serveList(around: ServerSurroundings, request: ResourceRequest): Promise<Answer> {
  const { kind, route, asked } = request
  const form = formFor(asked)
  const page = await listObjects(around.cache, kind.kind, route.namespace, readListOptions(asked.query, kind))
  const metadata = metadataOf(page)
  switch (form) {
    case 'object':
      return { kind: 'text', code: 200, body: listText(page, request, metadata), contentType: 'application/json' }
    case 'partial': {
      const items = page.objects.map(({ object }) => partialOf(object))
      return json(200, { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items })
    }
    case 'table': {
      const how = { include: includeFor(asked), nowMs: around.clock.now() }
      const rows = page.objects.map(({ object }) => rowOf(object, kind, how))
      return json(200, tableOf(rows, kind, metadata, true))
    }
    default:
      return unreachable(form)
  }
}

function metadataOf(page: ListPage): JsonObject {
  return {
    resourceVersion: String(page.version),
    ...(page.continue === undefined ? {} : { continue: page.continue }),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  }
}

/** Put together from the texts that the cache keeps: a list costs no more than copying it. */
function listText(page: ListPage, { kind }: ResourceRequest, metadata: JsonObject): string {
  const head = JSON.stringify({ kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata })
  return `${head.slice(0, -1)},"items":[${page.objects.map(({ json: text }) => text).join(',')}]}`
}

export function serveWatch(around: ServerSurroundings, { kind, route, asked }: ResourceRequest): Answer {
  const form = { form: formFor(asked), include: includeFor(asked), kind }
  const options = readWatchOptions(asked.query, route.namespace, form)
  return {
    kind: 'stream',
    start: (response, signal) => watch(around.cache, options, { clock: around.clock, response }, signal),
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
  return { kind: 'text', code: 200, body: listText(page, request, metadataOf(page)), contentType: 'application/json' }
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof ApiFailure) || error.status.reason !== 'NotFound') throw error
}
