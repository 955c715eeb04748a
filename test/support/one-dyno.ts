import { once } from 'node:events'
import { ok } from '../../src/base/result.ts'
import type { HerokuDynos } from '../../src/heroku/dynos.ts'
import type { LogLine } from '../../src/heroku/log-stream.ts'

/** A worker that has printed two lines, and prints a third while somebody follows. */
export const oneDyno: HerokuDynos = {
  dynos: () =>
    Promise.resolve(
      ok([
        {
          id: 'd1',
          name: 'worker.1',
          type: 'worker',
          state: 'up',
          size: 'Standard-1X',
          releaseVersion: 3,
          createdAt: '2026-01-01T00:00:00Z',
          updatedAt: '2026-01-01T00:00:00Z',
        },
      ]),
    ),
  log: (_, { lines, follow }, signal) => Promise.resolve(ok(printed(lines, follow, signal))),
}

async function* printed(lines: number, follow: boolean, signal: AbortSignal): AsyncGenerator<LogLine> {
  const line = (second: number, text: string): LogLine => ({
    at: `2026-01-01T00:00:0${second}.000000+00:00`,
    source: 'app',
    dyno: 'worker.1',
    text,
  })
  yield* [line(1, 'one'), line(2, 'two')].slice(-lines)
  if (!follow) return
  yield line(3, 'three')
  if (!signal.aborted) await once(signal, 'abort')
}
