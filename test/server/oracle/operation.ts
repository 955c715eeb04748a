import type { Json, JsonObject } from '../../../src/record/record.ts'

/** One request of a run against one object. In bodies `$uid` and `$current` stand for what the server gave. */
export interface Operation {
  readonly verb: 'create' | 'replace' | 'merge' | 'json' | 'apply' | 'delete'
  readonly subresource: '' | 'status'
  readonly manager: string
  readonly force: boolean
  readonly body: Json
  /** `dryRun`, `fieldValidation`, `propagationPolicy`: what the query says beside. */
  readonly query?: Readonly<Record<string, string>>
  /** The second in which the server answered. */
  readonly at: string
}

export interface Answer {
  readonly code: number
  readonly reason: string
  /** Of conflicts of ownership only; other words are our own. */
  readonly message: string
  /** What it says of fields that are unknown or stand twice; not in older records. */
  readonly warnings?: readonly string[]
  /** Whole, but for the uid and the version. */
  readonly object: JsonObject | undefined
  /** The object has another version than before. */
  readonly isNewVersion: boolean
}
