import type { ServerResponse } from 'node:http'
import type { Clock } from '../../base/clock.ts'
import { ApiFailure, failure } from '../api-status.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import { catchUp, readSelectors, wholeNumber, type Selects } from '../objects/list-objects.ts'
import { bookmarkLine, lineOf, changeLine, seen, watches, withColumns, type WatchForm } from './watch-line.ts'

export interface WatchOptions {
  readonly namespace: string | undefined
  /** By the selectors. */
  readonly isChosen: Selects
  /** Undefined: begin with what is there now. */
  readonly since: number | undefined
  /** WatchList: everything as ADDED, then a bookmark that says that this was all. */
  readonly sendsInitial: boolean
  readonly wantsBookmarks: boolean
  readonly forMs: number
  readonly form: WatchForm
}

/** As long as Kubernetes' own server lets one last when nobody says. */
const usualSeconds = 1_800
const longestSeconds = 3_600
/** Between two bookmarks of a quiet watch. */
export const bookmarkEveryMs = 30_000
/** A client that reads no faster than this behind is told to come back: its lines would fill our memory. */
const mostBufferedBytes = 4 * 1024 * 1024

export function readWatchOptions(query: URLSearchParams, namespace: string | undefined, form: WatchForm): WatchOptions {
  const seconds = wholeNumber(query, 'timeoutSeconds') ?? usualSeconds
  const since = wholeNumber(query, 'resourceVersion')
  const sendsInitial = query.get('sendInitialEvents') === 'true'
  if (sendsInitial && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const words = 'sendInitialEvents needs resourceVersionMatch=NotOlderThan'
    throw new ApiFailure(failure('Invalid', words))
  }
  return {
    namespace,
    isChosen: readSelectors(query, form.kind) ?? (() => true),
    since: since === 0 ? undefined : since,
    sendsInitial,
    wantsBookmarks: query.get('allowWatchBookmarks') === 'true',
    forMs: Math.min(longestSeconds, seconds === 0 ? usualSeconds : seconds) * 1000,
    form,
  }
}

/** Writes lines until the signal fires. */
export type Follow = (
  options: WatchOptions,
  sending: { readonly clock: Clock; readonly send: (line: string) => void; readonly end: () => void },
  stop: AbortSignal,
) => Promise<void>

/**
 * Sends each change as a line of JSON until the client goes, the time is up, or the signal fires.
 * What was missed for good ends the watch with an ERROR line of code 410: the client lists again.
 */
export async function watch(
  follow: Follow,
  options: WatchOptions,
  { clock, response }: { readonly clock: Clock; readonly response: ServerResponse },
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController()
  const end = (): void => ended.abort()
  response.once('close', end)
  const stop = AbortSignal.any([signal, ended.signal, AbortSignal.timeout(options.forMs)])
  // Clients wait for the headers before they go on.
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' })
  response.flushHeaders()
  await follow(options, { clock, send: sender(response, options.form, end), end }, stop)
  response.end()
}

/** Follows what the cache keeps. */
export function followCache(cache: ObjectCache): Follow {
  return async (options, { clock, send, end }, stop) => {
    const { sendsInitial, since } = options
    await (since === undefined || sendsInitial ? cache.fresh() : Promise.resolve())
    if (since !== undefined) await catchUp(cache, since).catch(ignoreFuture)
    const unlisten = begin(cache, options, { clock, send, end })
    if (options.wantsBookmarks) await bookmarks(cache, options, { clock, send }, stop)
    else await aborted(stop)
    unlisten()
  }
}

interface Sending {
  readonly clock: Clock
  readonly send: (line: string) => void
}

/** What is there, where it is asked for, and from there on every change. */
function begin(
  cache: ObjectCache,
  options: WatchOptions,
  { clock, send, end }: Sending & { readonly end: () => void },
): () => void {
  const { form, namespace, isChosen, sendsInitial, since } = options
  const isWatched = watches(namespace, isChosen)
  const listsFirst = since === undefined || sendsInitial
  if (listsFirst) {
    const { objects } = cache.list(form.kind.kind, namespace)
    for (const cached of objects) if (isWatched(cached)) send(changeLine('ADDED', cached, form, clock.now()))
  }
  if (sendsInitial) send(bookmarkLine(cache.version, form, true))
  const gone = (): void => {
    send(expiredLine)
    end()
  }
  const unlisten = cache.listen(form.kind.kind, listsFirst ? cache.version : since, {
    onEvent: (event) => {
      const type = seen(event, isWatched)
      if (type !== undefined) send(lineOf(event, type, form, clock.now()))
    },
    onGone: gone,
  })
  if (unlisten !== undefined) return unlisten
  gone()
  return () => {}
}

export const expiredLine = `${JSON.stringify({
  type: 'ERROR',
  object: failure('Expired', 'too old resource version: list again, and watch from the version of that list'),
})}\n`

/** Writes lines; a client that does not read them is let go. */
function sender(response: ServerResponse, form: WatchForm, end: () => void): (line: string) => void {
  let isFirst = true
  return (line) => {
    if (response.destroyed || response.writableEnded) return
    response.write(isFirst ? withColumns(line, form) : line)
    isFirst = false
    if (response.writableLength <= mostBufferedBytes) return
    response.destroy()
    end()
  }
}

async function bookmarks(
  cache: ObjectCache,
  { form, forMs }: WatchOptions,
  { clock, send }: Sending,
  stop: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.sleep(Math.min(bookmarkEveryMs, Math.max(1, forMs / 2)), stop)
    if (stop.aborted) return
    send(bookmarkLine(cache.version, form, false))
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  else signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}

/** A version that nobody wrote yet: the watch waits for what comes after it. */
function ignoreFuture(error: unknown): void {
  if (!(error instanceof ApiFailure)) throw error
}
