import { once } from 'node:events'
import { connect } from 'node:net'
import type { Clock } from '../../base/clock.ts'

interface PortWatch {
  readonly isOpen: () => Promise<boolean>
  readonly timeoutMs: number
  readonly clock: Clock
}

/** True as soon as somebody listens; false when the time is over or the signal has fired. */
export async function watchPort({ isOpen, timeoutMs, clock }: PortWatch, over: AbortSignal): Promise<boolean> {
  const deadlineMs = clock.now() + timeoutMs
  while (!over.aborted) {
    if (await isOpen()) return true
    if (clock.now() >= deadlineMs) return false
    await clock.sleep(Math.min(100, deadlineMs - clock.now()), over)
  }
  return false
}

export async function portIsOpen(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false // Nobody listens yet, which is what was asked.
  } finally {
    socket.destroy()
  }
}
