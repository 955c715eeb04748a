import type { ServerResponse } from 'node:http'
import { withColumns, type WatchForm } from './watch-line.ts'

/** What waits for a client that does not read; above it nothing more is written until all of it was taken. */
const mostWaitingBytes = 1024 * 1024

/** Where the lines of one watch go. */
export interface Outlet {
  readonly send: (line: string) => void
  /** Whoever has more to send waits for `onDrained`: what waits here is memory of ours for as long as a client likes. */
  readonly isFull: () => boolean
  /** Calls once, when all was taken; never where the client goes instead. */
  readonly onDrained: (listener: () => void) => void
}

export function openOutlet(response: ServerResponse, form: WatchForm): Outlet {
  let isFirst = true
  return {
    send: (line) => {
      if (response.destroyed || response.writableEnded) return
      response.write(isFirst ? withColumns(line, form) : line)
      isFirst = false
    },
    isFull: () => response.writableLength > mostWaitingBytes,
    onDrained: (listener) => void response.once('drain', listener),
  }
}

/** Resolves when there is room again, or the signal fires. */
export async function room({ isFull, onDrained }: Outlet, stop: AbortSignal): Promise<void> {
  if (!isFull() || stop.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  onDrained(resolve)
  stop.addEventListener('abort', () => resolve(), { once: true })
  await promise
}
