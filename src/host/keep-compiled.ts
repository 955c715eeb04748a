import { flushCompileCache } from 'node:module'

/** By then what a start needs has been loaded, and run often enough to be worth keeping. */
const afterMs = 3_000

/**
 * Writes what Node has compiled so far to its compile cache (`bin/weir` names the folder), for the next start.
 * Node does so by itself when a process ends, which a dyno that is killed never does. A thread keeps its own.
 */
export function keepCompiled(): void {
  setTimeout(flushCompileCache, afterMs).unref()
}
