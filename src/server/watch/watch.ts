import type { ServerResponse } from 'node:http'
import type { Clock } from '../../base/clock.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { readSelectors, wholeNumber, type Selects } from '../objects/list-objects.ts'
import { openOutlet, type Outlet } from './outlet.ts'
import type { WatchForm } from './watch-line.ts'

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
/** A client that has read nothing for so long after its watch was over is let go. */
const unreadForMs = 10_000
/** Between two bookmarks of a quiet watch. */
export const bookmarkEveryMs = 30_000

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

export interface Sending extends Outlet {
  readonly clock: Clock
  /** Nothing more is to come. */
  readonly end: () => void
}

/** Writes lines until the signal fires. */
export type Follow = (options: WatchOptions, sending: Sending, stop: AbortSignal) => Promise<void>

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
  await follow(options, { ...openOutlet(response, options.form), clock, end }, stop)
  // A client that does not read what is left would keep it, and its connection, for ever.
  response.setTimeout(unreadForMs, () => response.destroy())
  response.end()
}

export const expiredLine = `${JSON.stringify({
  type: 'ERROR',
  object: failure('Expired', 'too old resource version: list again, and watch from the version of that list'),
})}\n`
