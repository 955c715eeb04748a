import type { EventFeed } from '../../record/record.ts'
import type { ApiObject } from '../api-object.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import type { EventLooks } from './event-looks.ts'
import type { Listable } from '../objects/list-objects.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import { eventObject, inNewerWords } from './event-object.ts'

export interface EventSurroundings {
  readonly record: EventFeed
  readonly cache: ObjectCache
  readonly eventLooks: EventLooks
}

interface ListedEvents {
  readonly events: readonly Listable[]
  /** Of the record: who watches from it is told what came since. */
  readonly version: number
}

/** As many as Kubernetes' clients ask for at once. */
const mostEvents = 500

/** What the controller told and what clients have posted, in one list. */
export async function listEvents(
  { record, cache, eventLooks }: EventSurroundings,
  kind: ResourceKind,
  namespace: string | undefined,
): Promise<ListedEvents> {
  const [told] = await Promise.all([record.latestEvents(namespace, mostEvents), cache.fresh()])
  const { version } = cache
  const recorded = told.map((event) => eventObject(event, aboutOf(event.key, cache), String(version)))
  const posted = cache.list('Event', namespace).objects.map(({ object }) => object)
  const events = [...recorded, ...posted].map((event) => listable(kind.group === '' ? event : inNewerWords(event)))
  eventLooks.remember({ group: kind.group, namespace, version }, events)
  return { events, version }
}

/** Undefined where it is gone, or of a kind that is not served. */
function aboutOf(key: Parameters<ObjectCache['get']>[0], cache: ObjectCache): ApiObject | undefined {
  return cache.has(key.kind) ? cache.get(key)?.object : undefined
}

function listable(object: ApiObject): Listable {
  return { object, json: JSON.stringify(object) }
}
