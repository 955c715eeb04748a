import type { TaskContext } from '../task/task-context.ts'
import type { StateStore } from './state-store.ts'

/**
 * A state store before it exists: what the topology knows of it, and how to open
 * one for a task.
 */
export interface StoreFactory {
  readonly name: string
  readonly kind: 'key-value' | 'window' | 'session' | 'versioned' | 'buffer'
  readonly persistent: boolean
  /** Without a changelog a store is lost with its disk. */
  readonly logged: boolean
  readonly cached: boolean
  /** Milliseconds a window, session or versioned store keeps; undefined for plain stores. */
  readonly retentionMs: number | undefined
  /** A window store of a stream-stream join: its changelog is not compacted. */
  readonly keepsDuplicates: boolean
  /** Overrides for the changelog topic's configuration. */
  readonly changelogConfig: Readonly<Record<string, string>>
  readonly open: (context: TaskContext) => StateStore
}
