import type { JsonObject, ObjectKey, StoredObject } from '../record.ts'

/** As node-postgres hands them over: bigint columns are text, since they may exceed 2^53; ours never will. */
export interface ObjectRow extends ObjectKey {
  readonly version: string
  readonly body: JsonObject
}

export function objectOf({ kind, namespace, name, version, body }: ObjectRow): StoredObject {
  return { key: { kind, namespace, name }, body, version: Number(version) }
}
