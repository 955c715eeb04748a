import type { JsonObject, ObjectKey, RecordedEvent, StoredObject } from '../record.ts'

/** As node-postgres hands them over: bigint columns are text, since they may exceed 2^53; ours never will. */
export interface ObjectRow extends ObjectKey {
  readonly version: string
  readonly body: JsonObject
}

export function objectOf({ kind, namespace, name, version, body }: ObjectRow): StoredObject {
  return { key: { kind, namespace, name }, body, version: Number(version) }
}

export interface EventRow extends ObjectKey, Pick<RecordedEvent, 'type' | 'reason' | 'message' | 'count'> {
  readonly first_at: Date
  readonly last_at: Date
  readonly version: string
  readonly first_version: string
}

export function eventOf(row: EventRow): RecordedEvent {
  const { kind, namespace, name, type, reason, message, count } = row
  return {
    key: { kind, namespace, name },
    type,
    reason,
    message,
    count,
    firstAt: row.first_at,
    lastAt: row.last_at,
    version: Number(row.version),
    firstVersion: Number(row.first_version),
  }
}
