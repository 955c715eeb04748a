import { withMetadata } from '../api-object.ts'
import type { CacheEvent } from '../cache/cached-object.ts'
import type { Listable } from '../objects/list-objects.ts'
import { bookmarkLine, changeLine, seen, watches, type EventType } from '../watch/watch-line.ts'
import { room } from '../watch/outlet.ts'
import { bookmarkEveryMs, expiredLine, type Sending, type WatchOptions } from '../watch/watch.ts'
import { inWordsOf, listable, listEvents, toldObject, type EventSurroundings } from './list-events.ts'

/** What the controller tells is looked at this often, where the record says that something was written. */
const lookEveryMs = 1_000
const atOnce = 500
/** Posted events that wait for a client which does not read; then it is to list again. */
const mostWaiting = 2_000

interface News {
  readonly version: number
  readonly type: EventType
  readonly event: Listable
}

/**
 * Tells each event that was told, or told again, or posted, after the version that the client names, until the signal
 * fires: in the order of versions, none twice, of one that was told often the last. What was posted before this process
 * began to follow the record it cannot tell: then the client is to list again.
 */
export async function watchEvents(
  around: EventSurroundings,
  options: WatchOptions,
  sending: Sending,
  stop: AbortSignal,
): Promise<void> {
  const { form, wantsBookmarks } = options
  const { clock, send } = sending
  let at = await beginning(around, options, sending, stop)
  const posted = followPosted(around, options, at)
  if (posted === undefined) return send(expiredLine)

  let bookmarkAt = wantsBookmarks ? clock.now() + bookmarkEveryMs : Infinity
  while (!stop.aborted && !posted.isGone()) {
    const upTo = around.cache.version
    if (upTo > at) {
      const told = await toldBetween(around, options, { since: at, upTo })
      const news = [...told, ...posted.take(upTo)].toSorted((one, other) => one.version - other.version)
      for (const { type, event } of news) {
        await room(sending, stop)
        send(changeLine(type, event, form, clock.now()))
      }
      at = upTo
    }
    if (clock.now() >= bookmarkAt) {
      send(bookmarkLine(at, form, false))
      bookmarkAt = clock.now() + bookmarkEveryMs
    }
    // All who watch look in the same moment, and so for the same.
    await clock.sleep(lookEveryMs - (clock.now() % lookEveryMs), stop)
  }
  posted.end()
  if (posted.isGone()) send(expiredLine)
}

/** Where what is there is asked for, it is sent first. From the version that this returns on everything is news. */
async function beginning(
  around: EventSurroundings,
  { form, namespace, isChosen, since, sendsInitial }: WatchOptions,
  sending: Sending,
  stop: AbortSignal,
): Promise<number> {
  if (since !== undefined && !sendsInitial) return since
  const { events, version } = await listEvents(around, form.kind, namespace)
  for (const event of events) {
    if (!isChosen(event.object)) continue
    await room(sending, stop)
    sending.send(changeLine('ADDED', event, form, sending.clock.now()))
  }
  if (sendsInitial) sending.send(bookmarkLine(version, form, true))
  return version
}

async function toldBetween(
  { tellings, cache }: EventSurroundings,
  { form, namespace, isChosen }: WatchOptions,
  { since, upTo }: { readonly since: number; readonly upTo: number },
): Promise<readonly News[]> {
  const news: News[] = []
  for (let from = since; ;) {
    const told = await tellings.between(namespace, { since: from, upTo, limit: atOnce })
    for (const event of told) {
      const type = event.firstVersion > since ? 'ADDED' : 'MODIFIED'
      news.push({ version: event.version, type, event: toldObject(event, form.kind, cache) })
    }
    from = told.at(-1)?.version ?? upTo
    if (told.length < atOnce) return news.filter(({ event }) => isChosen(event.object))
  }
}

interface Posted {
  /** What came up to and with this version, and was not taken yet. */
  readonly take: (upTo: number) => readonly News[]
  /** Changes were missed. */
  readonly isGone: () => boolean
  readonly end: () => void
}

/** Undefined where that is too long ago. */
function followPosted(
  { cache }: EventSurroundings,
  { form, namespace, isChosen }: WatchOptions,
  since: number,
): Posted | undefined {
  const waiting: News[] = []
  let isGone = false
  const postedObject = ({ now, before, version }: CacheEvent, type: EventType): Listable | undefined => {
    const object = (type === 'DELETED' ? before : now)?.object
    if (object === undefined) return undefined
    return listable(inWordsOf(form.kind, withMetadata(object, { resourceVersion: String(version) })))
  }
  const isWatched = watches(namespace, (object) => isChosen(inWordsOf(form.kind, object)))
  const end = cache.listen('Event', since, {
    onEvent: (change) => {
      const type = seen(change, isWatched)
      const event = type === undefined ? undefined : postedObject(change, type)
      if (type !== undefined && event !== undefined && !isGone) waiting.push({ version: change.version, type, event })
      if (waiting.length <= mostWaiting) return
      isGone = true
      waiting.length = 0
    },
    onGone: () => void (isGone = true),
  })
  if (end === undefined) return undefined
  const take = (upTo: number): readonly News[] => {
    const later = waiting.findIndex(({ version }) => version > upTo)
    return waiting.splice(0, later === -1 ? waiting.length : later)
  }
  return { take, isGone: () => isGone, end }
}
