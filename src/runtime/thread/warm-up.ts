import { runThread } from './run-thread.ts'
import type { Found } from './thread-message.ts'
import type { ThreadLog } from './thread-world.ts'

/**
 * Loads what a worker of this file loads, in the main thread and in a stream thread, and connects to nothing: Node keeps what it
 * compiled of it for the next start (`NODE_COMPILE_CACHE`). To be run while a slug is built: a dyno's own disk is empty at each
 * start. Returned is what is wrong with the file, or undefined.
 */
export async function warmUp(file: string, log: ThreadLog): Promise<string | undefined> {
  await import('../../kafka/wire/group/beat.ts')
  await import('../query/open-watch.ts')
  let found: Found | undefined
  const data = { file, env: nowhere, start: '', logLevel: 'silent', pageBytes: undefined }
  const run = {
    data: { ...data, number: 1, endsApplication: false, before: 'look' },
    heapMiB: undefined,
    looked: (what: Found) => {
      found = what
    },
    begun: Promise.resolve(undefined),
    log,
  } as const
  // it is told to stop before it has loaded: it looks at nothing then
  const death = await runThread(run, AbortSignal.abort())
  return death?.reason ?? (found?.kind === 'broken' ? found.text : undefined)
}

/** Config vars that fit, since those of an app may not be there where its slug is built. */
const nowhere = { KAFKA_URL: 'kafka://localhost:9092', STREAMS_APPLICATION_ID: 'warm-up' }
