import { objectAt, type ApiObject } from '../api-object.ts'

/** As long as the controller's own are kept. Kubernetes keeps them for an hour (`--event-ttl`). */
const keptMs = 7 * 24 * 3_600_000

/** Whether an event that a client posted is too old to be kept: counted from the last time that it is known of. */
export function isPastEvent(event: ApiObject, nowMs: number): boolean {
  const { lastObservedTime } = objectAt(event, 'series')
  const times = [event.metadata.creationTimestamp, event['lastTimestamp'], event['eventTime'], lastObservedTime]
  const known = times.flatMap((time) => (typeof time === 'string' ? [Date.parse(time)] : [])).filter(Number.isFinite)
  return known.length > 0 && Math.max(...known) <= nowMs - keptMs
}
