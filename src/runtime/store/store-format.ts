import { readLong, viewOf, writeLong } from '../serde/serdes.ts'

/**
 * How a store's bytes differ from those on its changelog. Values of a timestamped
 * store begin with eight bytes of time, which on the changelog is the record's own;
 * keys of a segmented store begin with their segment, which the changelog has not.
 */
export interface StoreFormat {
  readonly isTimestamped: boolean
  /** The key as the changelog has it. */
  readonly toLog: (key: Uint8Array) => Uint8Array
  /** The key as the store has it, or undefined where it is too old to be kept. */
  readonly fromLog: (key: Uint8Array) => Uint8Array | undefined
  /** `fromLog` must see keys in the order of the log, since they move the store's time on; left out: it need not. */
  readonly isSegmented?: boolean
}

const same = (key: Uint8Array): Uint8Array => key

export const timestampedFormat: StoreFormat = { isTimestamped: true, toLog: same, fromLog: same }

export function withTimestamp(value: Uint8Array, timestamp: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(8 + value.length)
  writeLong(bytes, 0, timestamp)
  bytes.set(value, 8)
  return bytes
}

export function timestampOf(stored: Uint8Array): number {
  return readLong(viewOf(stored), 0)
}
