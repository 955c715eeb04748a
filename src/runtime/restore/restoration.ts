import type { TaskChangelog } from '../task/task.ts'

/** One store on its way to the end of its changelog. */
export interface Restoration {
  readonly changelog: TaskChangelog
  readonly from: number
  /**
   * Where the changelog ended when the task was opened; its only writer is the task itself. Where the committed offset is
   * not known yet, the transaction that holds it may add to the changelog: then the end is asked for again after it.
   */
  end: number
  position: number
  records: number
}

/** Records that lie between them and their ends. */
export function remainingOf(restorations: Iterable<Pick<Restoration, 'position' | 'end'>>): number {
  return [...restorations].reduce((sum, { position, end }) => sum + Math.max(0, end - position), 0)
}

export type StartOfRestore =
  /** Nothing to read: the store is at the end already, or the changelog is empty. */
  | { readonly kind: 'complete' }
  | { readonly kind: 'restore'; readonly from: number }
  /** The store's offset is not one of this changelog: what is on disk belongs to another past. */
  | { readonly kind: 'wipe'; readonly because: string }

/** Where a store that says it is at `offset` goes on in a changelog that holds [beginning, end). */
export function startOfRestore(offset: number | undefined, beginning: number, end: number): StartOfRestore {
  if (offset === undefined) return beginning < end ? { kind: 'restore', from: beginning } : { kind: 'complete' }
  if (offset > end)
    return { kind: 'wipe', because: `the store is at offset ${offset} and its changelog ends at ${end}` }
  if (offset < beginning)
    return { kind: 'wipe', because: `the store is at offset ${offset} and its changelog begins at ${beginning}` }
  return offset < end ? { kind: 'restore', from: offset } : { kind: 'complete' }
}
