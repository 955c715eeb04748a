import type { StoreEngine } from './engine.ts'

/** What one task keeps on disk: its persistent stores, and the next changelog offset of each. */
export interface TaskDisk {
  open(store: string): StoreEngine
  /** The next changelog offset of each store that has one. */
  offsets(): ReadonlyMap<string, number>
  /** After this no engine of it may be used. */
  close(): Promise<void>
}

/** Opens, creating if need be, what lies at a path. */
export type OpenDisk = (path: string) => TaskDisk
