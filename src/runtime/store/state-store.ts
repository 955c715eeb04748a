import type { RecordBatch } from '../../kafka/record.ts'

/** What a task asks of every store, whatever it holds. */
export interface StateStore {
  readonly name: string
  /** Wire name of the changelog, or undefined where there is none. */
  readonly changelog: string | undefined
  /** The next changelog offset to read, or undefined for the beginning. */
  readonly offset: number | undefined
  /** Sends what the cache holds back to the changelog and downstream. */
  flush(): void
  /** Persists everything since the last commit, together with the next changelog offset. */
  commit(offset: number | undefined): void
  /** Writes changelog records, whose keys and values are as they stand on the topic. The batch is the store's: nobody reads it afterwards. */
  restore(batch: RecordBatch): void
  close(): void
}
