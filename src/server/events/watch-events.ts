import type { Clock } from '../../base/clock.ts'
import { bookmarkLine, changeLine, type EventType } from '../watch/watch-line.ts'
import type { Listable } from '../objects/list-objects.ts'
import type { WatchOptions } from '../watch/watch.ts'
import { listEvents, type EventSurroundings } from './list-events.ts'

/** Events have no versions in the record, so that their watchers look at them this often. */
const lookEveryMs = 1_000

interface Sending {
  readonly clock: Clock
  readonly send: (line: string) => void
}

/** Tells each event that comes, or is counted again, until the signal fires. */
export async function watchEvents(
  around: EventSurroundings,
  options: WatchOptions,
  { clock, send }: Sending,
  stop: AbortSignal,
): Promise<void> {
  const { form, namespace, isChosen, since, sendsInitial } = options
  const look = async (): Promise<readonly Listable[]> =>
    (await listEvents(around, form.kind, namespace)).filter(({ object }) => isChosen(object))
  const tell = (type: EventType, event: Listable): void => send(changeLine(type, event, form, clock.now()))

  let known = await look()
  if (since === undefined || sendsInitial) for (const event of known) tell('ADDED', event)
  if (sendsInitial) send(bookmarkLine(around.cache.version, form, true))
  for (;;) {
    await clock.sleep(lookEveryMs, stop)
    if (stop.aborted) return
    const now = await look()
    for (const { type, event } of difference(known, now)) tell(type, event)
    known = now
  }
}

interface Difference {
  readonly type: EventType
  readonly event: Listable
}

function difference(before: readonly Listable[], now: readonly Listable[]): readonly Difference[] {
  const was = new Map(before.map((event) => [idOf(event), event]))
  const is = new Set(now.map(idOf))
  return [
    ...now.flatMap((event): readonly Difference[] => {
      const earlier = was.get(idOf(event))
      if (earlier === undefined) return [{ type: 'ADDED', event }]
      return seenOf(earlier) === seenOf(event) ? [] : [{ type: 'MODIFIED', event }]
    }),
    ...before.filter((event) => !is.has(idOf(event))).map((event): Difference => ({ type: 'DELETED', event })),
  ]
}

function idOf({ object }: Listable): string {
  return object.metadata.uid ?? object.metadata.name
}

/** What changes when an event is seen again. */
function seenOf({ object }: Listable): string {
  const { count, deprecatedCount, series, lastTimestamp, deprecatedLastTimestamp } = object
  return JSON.stringify([count, deprecatedCount, series, lastTimestamp, deprecatedLastTimestamp])
}
