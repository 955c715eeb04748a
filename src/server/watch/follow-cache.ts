import type { CachedObject, CacheEvent } from '../cache/cached-object.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import { catchUp } from '../objects/list-objects.ts'
import { ApiFailure } from '../api-status.ts'
import { bookmarkLine, changeLine, lineOf, seen, watches } from './watch-line.ts'
import { bookmarkEveryMs, expiredLine, type Follow, type Sending, type WatchOptions } from './watch.ts'

/** Follows what the cache keeps. */
export function followCache(cache: ObjectCache): Follow {
  return async (options, sending, stop) => {
    const { sendsInitial, since } = options
    await (since === undefined || sendsInitial ? cache.fresh() : Promise.resolve())
    if (since !== undefined) await catchUp(cache, since).catch(ignoreFuture)
    const watcher = new Watcher(cache, options, sending)
    if (options.wantsBookmarks) await bookmarks(watcher, options, sending, stop)
    else await aborted(stop)
    watcher.end()
  }
}

/**
 * Tells one client what is there, where it asks for that, and every change from there on. As long as it reads, each
 * change is written as it comes. While it does not, nothing is kept for it but where it stands: the cache has the
 * changes, and when it knows them no longer, the client is to list again.
 */
class Watcher {
  readonly #cache: ObjectCache
  readonly #options: WatchOptions
  readonly #sending: Sending
  readonly #isWatched: (object: CachedObject) => boolean
  readonly #unlisten: () => void
  /** What was there in the beginning and was not told yet. */
  #initial: readonly CachedObject[] = []
  /** All up to this version was told. */
  #at: number
  #isBehind = false
  #isOver = false

  constructor(cache: ObjectCache, options: WatchOptions, sending: Sending) {
    const { form, namespace, isChosen, sendsInitial, since } = options
    this.#cache = cache
    this.#options = options
    this.#sending = sending
    this.#isWatched = watches(namespace, isChosen)
    const listsFirst = since === undefined || sendsInitial
    this.#at = listsFirst ? cache.version : since
    if (listsFirst) this.#initial = cache.list(form.kind.kind, namespace).objects
    // Until the beginning was told, changes stay where they are.
    this.#isBehind = true
    const unlisten = cache.listen(form.kind.kind, cache.version, {
      onEvent: (event) => {
        if (this.#isBehind) return
        this.#tell(event)
        if (this.#sending.isFull()) this.#waitForRoom()
      },
      onGone: () => this.#expire(),
    })
    this.#unlisten = unlisten ?? (() => {})
    this.#begin(0)
  }

  /** Undefined where there is more to tell before. */
  get toldUpTo(): number | undefined {
    return this.#isBehind ? undefined : this.#cache.version
  }

  end(): void {
    this.#isOver = true
    this.#unlisten()
  }

  #begin(from: number): void {
    const { form, sendsInitial } = this.#options
    for (let next = from; next < this.#initial.length; next += 1) {
      if (this.#sending.isFull()) return this.#later(() => this.#begin(next))
      const cached = this.#initial[next]
      if (cached !== undefined && this.#isWatched(cached)) {
        this.#sending.send(changeLine('ADDED', cached, form, this.#sending.clock.now()))
      }
    }
    this.#initial = []
    if (sendsInitial) this.#sending.send(bookmarkLine(this.#at, form, true))
    this.#catchUp()
  }

  #catchUp(): void {
    const events = this.#cache.changesAfter(this.#options.form.kind.kind, this.#at)
    if (events === undefined) return this.#expire()
    for (const event of events) {
      if (this.#sending.isFull()) return this.#waitForRoom()
      this.#tell(event)
    }
    this.#isBehind = false
  }

  #waitForRoom(): void {
    this.#isBehind = true
    this.#later(() => this.#catchUp())
  }

  #later(goOn: () => void): void {
    this.#sending.onDrained(() => {
      if (!this.#isOver) goOn()
    })
  }

  #tell(event: CacheEvent): void {
    const { form } = this.#options
    const type = seen(event, this.#isWatched)
    if (type !== undefined) this.#sending.send(lineOf(event, type, form, this.#sending.clock.now()))
    this.#at = event.version
  }

  #expire(): void {
    this.#sending.send(expiredLine)
    this.#sending.end()
  }
}

async function bookmarks(
  watcher: Watcher,
  { form, forMs }: WatchOptions,
  { clock, send }: Sending,
  stop: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.sleep(Math.min(bookmarkEveryMs, Math.max(1, forMs / 2)), stop)
    if (stop.aborted) return
    const { toldUpTo } = watcher
    if (toldUpTo !== undefined) send(bookmarkLine(toldUpTo, form, false))
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
