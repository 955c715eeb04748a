/** Names one object. Cluster-wide kinds have the namespace ''. */
export interface ObjectKey {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

export interface StoredObject {
  readonly key: ObjectKey
  readonly body: JsonObject
  /** The version of its last write. */
  readonly version: number
}

/** Who may write while holding what: see `ControlRecord#hold`. */
export interface Fence {
  readonly lease: string
  readonly epoch: number
}

export type Write = {
  readonly key: ObjectKey
  /** What must be there for the write to happen: nothing, that version, or whatever is. */
  readonly expected: 'absent' | 'any' | number
  readonly fence?: Fence
  /** For the audit: a user, `controller`, `git`. */
  readonly actor: string
} & (
  | {
      readonly kind: 'put'
      readonly body: JsonObject
      /** What no other object may have while this one is there: all that it has from now on. Left out: it keeps what it has. */
      readonly claims?: readonly string[]
    }
  | { readonly kind: 'remove' }
)

export type WriteResult =
  | { readonly kind: 'written'; readonly version: number }
  /** What is there already says the same; no version was used. */
  | { readonly kind: 'unchanged'; readonly version: number }
  | { readonly kind: 'conflict'; readonly found: number | 'absent' }
  | { readonly kind: 'fenced'; readonly epoch: number }
  /** Another object has that claim: nothing was written. */
  | { readonly kind: 'claimed'; readonly claim: string; readonly by: ObjectKey }

export interface Change {
  readonly kind: 'added' | 'modified' | 'removed'
  /** The version of this change; a removal has one of its own and carries the last body. */
  readonly object: StoredObject
}

export type Changes =
  | { readonly kind: 'changes'; readonly changes: readonly Change[]; readonly version: number }
  /** Older changes were compacted: list again. */
  | { readonly kind: 'gone'; readonly oldest: number }

/** Hears up to which version something was written; undefined where that is not known. */
export type WriteListener = (version: number | undefined) => void

export type Hold =
  | { readonly kind: 'held'; readonly epoch: number; readonly forMs: number }
  | { readonly kind: 'taken'; readonly holder: string; readonly epoch: number; readonly forMs: number }

/** Something worth telling a person about an object. The same one again is counted, not repeated. */
export interface Event {
  readonly key: ObjectKey
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export interface RecordedEvent extends Event {
  readonly count: number
  readonly firstAt: Date
  readonly lastAt: Date
  /** The version under which it was told last, and that of the first time. */
  readonly version: number
  readonly firstVersion: number
}

export interface AuditEntry {
  readonly at: Date
  readonly actor: string
  readonly verb: 'create' | 'update' | 'remove'
  readonly key: ObjectKey
  readonly version: number
}

/** How long what nobody needs for ever is kept, in milliseconds. */
export interface Retention {
  readonly changesMs: number
  /** Since it was told last. */
  readonly eventsMs: number
  readonly auditMs: number
}

/**
 * The one memory of the control plane. Its invariants, R1 to R6, stand in the
 * README of this room; `test/contract/record.ts` holds both adapters to them.
 * Every method rejects only when the record cannot be reached.
 */
export interface ControlRecord {
  /** Resolves when the writes would survive a crash. Each stands for itself; they are tried in order. */
  write(writes: readonly Write[]): Promise<readonly WriteResult[]>
  get(key: ObjectKey): Promise<StoredObject | undefined>
  /** All of a kind, in order of namespace and name, as they were at `version`. */
  list(
    kind: string,
    namespace?: string,
  ): Promise<{ readonly objects: readonly StoredObject[]; readonly version: number }>
  changesSince(version: number, limit: number): Promise<Changes>
  /**
   * Forgets a portion of what is as old as that or older, by the record's own clock. True where there may be more of it.
   * The objects stay; a reader that comes back later than that is told (R5).
   */
  forget(older: Retention): Promise<boolean>
  /** Calls back soon after something was written, by whomever, until the signal fires. It may call once too often. */
  onWrite(listener: WriteListener, signal: AbortSignal): void

  /**
   * Takes a lease, or renews it for its holder. Each change of holder raises the
   * epoch, and so does a holder that comes back after its time ran out.
   */
  hold(lease: string, holder: string, forMs: number): Promise<Hold>
  /** Lets go at once, if `holder` still holds it under that epoch. */
  release(lease: string, holder: string, epoch: number): Promise<void>

  /** Each takes the next version. */
  tell(events: readonly Event[]): Promise<void>
  /** Newest first. */
  events(key: ObjectKey): Promise<readonly RecordedEvent[]>
  /** Newest first. */
  audit(key: ObjectKey, limit: number): Promise<readonly AuditEntry[]>
  close(): Promise<void>
}

export interface VersionRange {
  /** Not itself. */
  readonly since: number
  /** And itself. */
  readonly upTo: number
  readonly limit: number
}

/** What both adapters offer beside: who looks at everything asks once, and not object by object. */
export interface EventFeed {
  /** Of every object of a namespace, or of all, as they were at `version`; newest first. */
  latestEvents(
    namespace: string | undefined,
    limit: number,
  ): Promise<{ readonly events: readonly RecordedEvent[]; readonly version: number }>
  /** What was told after `since` and not again after `upTo`, oldest first. */
  eventsSince(namespace: string | undefined, range: VersionRange): Promise<readonly RecordedEvent[]>
}
