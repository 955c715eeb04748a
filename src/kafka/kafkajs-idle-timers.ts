import { createRequire } from 'node:module'

interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
}

type Schedule = (this: RequestQueue) => void

/**
 * Stops kafkajs 2.2.4 from looking at an empty request queue every millisecond
 * for as long as a connection is open, which also makes Node 24 print a
 * TimeoutNegativeWarning: https://github.com/tulios/kafkajs/issues/1704 and 1751. A queue
 * that holds requests, or is throttled, is looked at as before. May be called again.
 */
export function restIdleQueues(): void {
  const library: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js')
  if (typeof library !== 'function') return
  const queue: unknown = library.prototype
  if (!hasSchedule(queue)) return
  const schedule = queue.scheduleCheckPendingRequests
  if (schedule.name === resting) return
  const restingSchedule: Schedule = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
  Object.defineProperty(restingSchedule, 'name', { value: resting })
  queue.scheduleCheckPendingRequests = restingSchedule
}

const resting = 'scheduleUnlessIdle'

function hasSchedule(queue: unknown): queue is { scheduleCheckPendingRequests: Schedule } {
  return (
    typeof queue === 'object' &&
    queue !== null &&
    'scheduleCheckPendingRequests' in queue &&
    typeof queue.scheduleCheckPendingRequests === 'function'
  )
}
