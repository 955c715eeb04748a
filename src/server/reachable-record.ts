import type { ControlRecord, EventFeed } from '../record/record.ts'
import { ApiFailure, failure } from './api-status.ts'

export type ServedRecord = Pick<
  ControlRecord & EventFeed,
  'write' | 'get' | 'list' | 'changesSince' | 'onWrite' | 'latestEvents' | 'eventsSince'
>

/** The record, whose being out of reach is an answer (503) like any other: its methods reject for that alone. */
export function reachable(record: ServedRecord, onLost: (cause: unknown) => void): ServedRecord {
  const asAnswer = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked
    } catch (cause) {
      onLost(cause)
      const words = 'the record of the control plane cannot be reached; please try again'
      throw new ApiFailure(failure('ServiceUnavailable', words, { retryAfterSeconds: 2 }))
    }
  }
  return {
    write: (writes) => asAnswer(record.write(writes)),
    get: (key) => asAnswer(record.get(key)),
    list: (kind, namespace) => asAnswer(record.list(kind, namespace)),
    changesSince: (version, limit) => asAnswer(record.changesSince(version, limit)),
    latestEvents: (namespace, limit) => asAnswer(record.latestEvents(namespace, limit)),
    eventsSince: (namespace, range) => asAnswer(record.eventsSince(namespace, range)),
    onWrite: (listener, signal) => record.onWrite(listener, signal),
  }
}
