import type { JsonObject } from '../../record/record.ts'
import { isJsonObject, objectAt, type ApiObject } from '../api-object.ts'

/** What the condition Ready says, `-` where there is none. */
export interface Ready {
  readonly status: string
  readonly reason: string
  readonly message: string
}

export function readyOf(object: ApiObject): Ready {
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready')
  return { status: shown(ready?.['status']), reason: shown(ready?.['reason']), message: shown(ready?.['message']) }
}

/** The column Status: one word. */
export function statusWord(object: ApiObject): string {
  if (object.metadata.deletionTimestamp !== undefined) return 'Deleting'
  return conditionsOf(object).length === 0 ? 'Pending' : readyOf(object).reason
}

function conditionsOf(object: ApiObject): readonly JsonObject[] {
  const { conditions } = objectAt(object, 'status')
  return Array.isArray(conditions) ? conditions.filter(isJsonObject) : []
}

/** A cell of a table. */
export function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '-'
}
