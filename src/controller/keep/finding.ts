import type { Change } from '../plan/change.ts'
import type { StreamAppStatus, Writing } from '../status/status.ts'
import type { Verdict } from './work.ts'

/** What a pass found and did, before it is written anywhere. */
export interface Finding {
  /** Only what was found; what is left out stays as it was last seen. */
  readonly status: Partial<StreamAppStatus> & Pick<StreamAppStatus, 'conditions'>
  readonly done: readonly Change[]
  /** What somebody else changed since all was level, and who, to be told once. */
  readonly drift?: string | undefined
  readonly verdict: Verdict
  /** A write was not answered: it may take effect yet. */
  readonly isUnanswered?: boolean
  /** Left in the status: still nobody knows what becomes of it. */
  readonly writing?: Writing | undefined
}
