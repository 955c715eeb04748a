/** What somebody outside wants to know of a store. Keys are bytes, as the topology's serde writes them. */
export interface Question {
  readonly store: string
  /** Undefined: of every task here that has the store. */
  readonly task: string | undefined
  readonly read: StoreRead
  /** Whether a store that may be behind is good enough: a standby, or one that restores. */
  readonly isStaleFine: boolean
}

export type StoreRead =
  /** One key; in a window or session store all its windows within the bounds. */
  | { readonly kind: 'key'; readonly key: Uint8Array; readonly fromMs: number; readonly toMs: number }
  /** Keys in the order of their bytes, both bounds included. */
  | {
      readonly kind: 'range'
      readonly from: Uint8Array | undefined
      readonly to: Uint8Array | undefined
      readonly limit: number
    }

/** One answer for each task that has the store here. */
export type TaskAnswer =
  | {
      readonly kind: 'entries'
      readonly task: string
      /** `global`: a store that every thread has whole. */
      readonly role: 'active' | 'standby' | 'global'
      /** Changelog records that this store lacks. A failed look is `unknown`. */
      readonly lag: number | 'unknown'
      readonly entries: readonly StoreEntry[]
      /** There is more than the limit let through. */
      readonly isCut: boolean
    }
  | { readonly kind: 'restoring'; readonly task: string; readonly remaining: number }
  | { readonly kind: 'standby'; readonly task: string }
  | { readonly kind: 'refused'; readonly task: string; readonly because: string }

/** Plain data, fit for JSON. */
export interface StoreEntry {
  readonly key: unknown
  readonly value: unknown
  /** Milliseconds since the epoch, where the store keeps times. */
  readonly timestamp?: number
  readonly window?: { readonly start: number; readonly end: number }
}
