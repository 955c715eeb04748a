import type { EventFeed, RecordedEvent } from '../../record/record.ts'
import type { ApiObject } from '../api-object.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import type { Listable } from '../objects/list-objects.ts'
import type { ResourceKind } from '../kinds/resource-kind.ts'
import type { Tellings } from './tellings.ts'
import { eventObject, inNewerWords } from './event-object.ts'

export interface EventSurroundings {
  readonly record: Pick<EventFeed, 'latestEvents'>
  readonly tellings: Tellings
  readonly cache: ObjectCache
}

interface ListedEvents {
  readonly events: readonly Listable[]
  /** As of this version of the record: who watches from it is told what came since. */
  readonly version: number
}

/** As many as Kubernetes' clients ask for at once. */
const mostEvents = 500

/** What the controller told and what clients have posted, in one list, of one moment. */
export async function listEvents(
  around: EventSurroundings,
  kind: ResourceKind,
  namespace: string | undefined,
): Promise<ListedEvents> {
  const { record, cache } = around
  const { events: told, version } = await record.latestEvents(namespace, mostEvents)
  await cache.fresh()
  const posted = cache.listAt('Event', namespace, version)
  // The cache has begun anew meanwhile.
  if (posted === undefined) return listEvents(around, kind, namespace)
  const events = [
    ...told.map((event) => toldObject(event, kind, cache)),
    ...posted.objects.map(({ object }) => listable(inWordsOf(kind, object))),
  ]
  return { events, version }
}

export function toldObject(event: RecordedEvent, kind: ResourceKind, cache: ObjectCache): Listable {
  return listable(inWordsOf(kind, eventObject(event, aboutOf(event.key, cache))))
}

/** Both kinds of events are the same in other words. */
export function inWordsOf({ group }: ResourceKind, event: ApiObject): ApiObject {
  return group === '' ? event : inNewerWords(event)
}

/** Undefined where it is gone, or of a kind that is not served. */
function aboutOf(key: RecordedEvent['key'], cache: ObjectCache): ApiObject | undefined {
  return cache.has(key.kind) ? cache.get(key)?.object : undefined
}

export function listable(object: ApiObject): Listable {
  return { object, json: JSON.stringify(object) }
}
