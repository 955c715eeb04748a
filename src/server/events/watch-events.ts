import type { Clock } from '../../base/clock.ts'
import { bookmarkLine, changeLine, type EventType } from '../watch/watch-line.ts'
import type { Listable } from '../objects/list-objects.ts'
import { bookmarkEveryMs, expiredLine, type WatchOptions } from '../watch/watch.ts'
import { idOf, seenOf, type EventLook } from './event-looks.ts'
import { listEvents, type EventSurroundings } from './list-events.ts'

/** Events have no versions in the record, so that their watchers look at them this often. */
const lookEveryMs = 1_000

interface Sending {
  readonly clock: Clock
  readonly send: (line: string) => void
}

/**
 * Tells each event that comes, or is counted again, until the signal fires: since the version that the client names, if
 * this process has told it of that version; otherwise the client is to list again.
 */
export async function watchEvents(
  around: EventSurroundings,
  options: WatchOptions,
  { clock, send }: Sending,
  stop: AbortSignal,
): Promise<void> {
  const { form, namespace, isChosen, sendsInitial, wantsBookmarks } = options
  const told = beginning(around, options)
  if (told === undefined) return send(expiredLine)

  let known = told
  let bookmarkAt = wantsBookmarks ? clock.now() + bookmarkEveryMs : Infinity
  for (let isFirst = true; !stop.aborted; isFirst = false) {
    const { events, version } = await listEvents(around, form.kind, namespace)
    const news = differences(known, events).filter(({ event }) => isChosen(event.object))
    for (const { type, event } of news) send(changeLine(type, event, form, clock.now()))
    known = new Map(events.map((event) => [idOf(event), event]))
    if (isFirst && sendsInitial) send(bookmarkLine(version, form, true))
    if (clock.now() >= bookmarkAt) {
      send(bookmarkLine(version, form, false))
      bookmarkAt = clock.now() + bookmarkEveryMs
    }
    await clock.sleep(lookEveryMs, stop)
  }
}

/** What the client knows already. Undefined: nobody can tell. */
function beginning({ eventLooks }: EventSurroundings, options: WatchOptions): EventLook | undefined {
  const { form, namespace, since, sendsInitial } = options
  if (since === undefined || sendsInitial) return new Map()
  return eventLooks.at({ group: form.kind.group, namespace, version: since })
}

interface Difference {
  readonly type: EventType
  readonly event: Listable
}

function differences(known: EventLook, now: readonly Listable[]): readonly Difference[] {
  const is = new Set(now.map(idOf))
  return [
    ...now.flatMap((event): readonly Difference[] => {
      const earlier = known.get(idOf(event))
      if (earlier === undefined) return [{ type: 'ADDED', event }]
      return seenOf(earlier) === seenOf(event) ? [] : [{ type: 'MODIFIED', event }]
    }),
    ...[...known.values()]
      .filter((event) => !is.has(idOf(event)))
      .map((event): Difference => ({ type: 'DELETED', event })),
  ]
}
