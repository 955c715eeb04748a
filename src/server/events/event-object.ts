import { createHash } from 'node:crypto'
import type { RecordedEvent } from '../../record/record.ts'
import { objectAt, timestamp, type ApiObject } from '../api-object.ts'

/** An event of the record, as `kubectl describe` and `kubectl events` read it. The same one counted again keeps its name. */
export function eventObject(event: RecordedEvent, about: ApiObject | undefined): ApiObject {
  const { key, type, reason, message, count, firstAt, lastAt } = event
  const hash = createHash('sha256').update([key.kind, type, reason, message].join('\0')).digest('hex')
  const namespace = key.namespace === '' ? 'default' : key.namespace
  const { uid } = about?.metadata ?? {}
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: {
      name: `${key.name}.${hash.slice(0, 16)}`,
      namespace,
      uid: `${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`,
      resourceVersion: String(event.version),
      creationTimestamp: timestamp(firstAt.getTime()),
    },
    involvedObject: {
      kind: key.kind,
      namespace,
      name: key.name,
      ...(uid === undefined ? {} : { uid }),
      ...(about === undefined ? {} : { apiVersion: about.apiVersion }),
    },
    type,
    reason,
    message,
    count,
    firstTimestamp: timestamp(firstAt.getTime()),
    lastTimestamp: timestamp(lastAt.getTime()),
    eventTime: null,
    source: { component: 'weirkeeper' },
    reportingComponent: 'weirkeeper',
    reportingInstance: '',
  }
}

/** The same in the words of events.k8s.io/v1, where `eventTime` must be there: the Python client takes no event without. */
export function inNewerWords(event: ApiObject): ApiObject {
  const { metadata, series, action, type, reason, related } = event
  const optional = { series, action, related }
  return {
    kind: 'Event',
    apiVersion: 'events.k8s.io/v1',
    metadata,
    eventTime: firstSeen(event),
    regarding: objectAt(event, 'involvedObject'),
    note: event['message'] ?? '',
    type: type ?? 'Normal',
    reason: reason ?? '',
    reportingController: event['reportingComponent'] ?? '',
    reportingInstance: event['reportingInstance'] ?? '',
    deprecatedSource: objectAt(event, 'source'),
    deprecatedFirstTimestamp: event['firstTimestamp'] ?? null,
    deprecatedLastTimestamp: event['lastTimestamp'] ?? null,
    deprecatedCount: event['count'] ?? 0,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}

function firstSeen({ eventTime, firstTimestamp, lastTimestamp, metadata }: ApiObject): string | null {
  if (typeof eventTime === 'string') return eventTime
  const seconds = [firstTimestamp, lastTimestamp, metadata.creationTimestamp].find((time) => typeof time === 'string')
  const at = Date.parse(String(seconds))
  return Number.isNaN(at) ? null : `${timestamp(at).slice(0, -1)}.000000Z`
}
