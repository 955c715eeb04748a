/**
 * Ordered bytes → bytes: what holds one state store of one task.
 *
 * Keys compare as unsigned bytes. A store layers its meaning (timestamps,
 * windows, caches, changelog) on top; an engine knows none of it.
 *
 * Invariants
 *   E1  `write` is one transaction: its entries and its offset land together or not at all.
 *   E2  After a crash the engine shows some earlier `write`, whole, with that write's offset.
 *   E3  An open iteration sees the state at its beginning.
 */
export interface StoreEngine {
  get(key: Uint8Array): Uint8Array | undefined
  /** `from` inclusive, `to` exclusive; left out means from the first or to the last. */
  range(bounds: RangeBounds): Iterable<readonly [key: Uint8Array, value: Uint8Array]>
  /**
   * A null value deletes. Nothing that an entry shows is kept: it may be other bytes once the next is asked for.
   * `offset` is the next changelog offset to read after these entries; left out keeps the old.
   */
  write(entries: Iterable<readonly [key: Uint8Array, value: Uint8Array | null]>, offset?: number): void
  /** The next changelog offset to read, or undefined where nothing was ever restored or committed. */
  readonly offset: number | undefined
  close(): void
}

export interface RangeBounds {
  readonly from?: Uint8Array
  readonly to?: Uint8Array
  readonly reverse?: boolean
}

/** Opens (creating if need be) the engine of one store of one task. */
export type OpenEngine = (store: {
  readonly taskId: string
  readonly name: string
  readonly persistent: boolean
}) => StoreEngine
