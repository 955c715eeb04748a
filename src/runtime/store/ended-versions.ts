import { readLong, viewOf, writeLong } from '../serde/serdes.ts'

/** A value of a key from a time on; null where the key was deleted then. */
export interface Version {
  readonly fromMs: number
  readonly value: Uint8Array | null
}

/**
 * The versions of one key that ended within one segment of time, newest first. Each
 * ends where the one before it begins, the newest at `endMs`. A single deletion that
 * begins and ends at one time only says that the key was deleted then.
 * Kafka's `RocksDBVersionedStoreSegmentValueFormatter`.
 */
export interface EndedVersions {
  readonly endMs: number
  readonly versions: readonly Version[]
}

export const oneVersion = (version: Version, endMs: number): EndedVersions => ({ endMs, versions: [version] })

/** When the earliest of them began. */
export function beginMs({ endMs, versions }: EndedVersions): number {
  return versions.at(-1)?.fromMs ?? endMs
}

/** Puts a version behind all others; where there is a gap between them, the key was deleted. */
export function withNewest(held: EndedVersions, version: Version, endMs: number): EndedVersions {
  const gap = held.endMs < version.fromMs ? [{ fromMs: held.endMs, value: null }] : []
  return { endMs, versions: [version, ...gap, ...(isMark(held) ? [] : held.versions)] }
}

export function withOldest(held: EndedVersions, version: Version): EndedVersions {
  return { endMs: held.endMs, versions: [...(isMark(held) ? [] : held.versions), version] }
}

/** The place of the version that held at a time, which must lie within these. */
export function placeAt({ versions }: EndedVersions, timestamp: number): number {
  return versions.findIndex(({ fromMs }) => fromMs <= timestamp)
}

/** Deleted and nothing else: `[t, t)`. */
function isMark(held: EndedVersions): boolean {
  return beginMs(held) === held.endMs
}

/** `int64 end ‖ (int64 from ‖ int32 length ‖ value)…`, with the length -1 for a deletion. */
export function writeEnded({ endMs, versions }: EndedVersions): Uint8Array {
  const size = versions.reduce((sum, { value }) => sum + 12 + (value?.length ?? 0), 8)
  const bytes = Buffer.allocUnsafe(size)
  writeLong(bytes, 0, endMs)
  let at = 8
  for (const { fromMs, value } of versions) {
    writeLong(bytes, at, fromMs)
    bytes.writeInt32BE(value?.length ?? -1, at + 8)
    if (value !== null) bytes.set(value, at + 12)
    at += 12 + (value?.length ?? 0)
  }
  return bytes
}

export function readEnded(stored: Uint8Array): EndedVersions {
  const bytes = viewOf(stored)
  const versions: Version[] = []
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readInt32BE(at + 8)
    const value = length < 0 ? null : bytes.subarray(at + 12, at + 12 + length)
    versions.push({ fromMs: readLong(bytes, at), value })
    at += 12 + Math.max(0, length)
  }
  return { endMs: readLong(bytes, 0), versions }
}
