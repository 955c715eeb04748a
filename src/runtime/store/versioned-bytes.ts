import { readLong, viewOf, writeLong } from '../serde/serdes.ts'
import type { TaskContext } from '../task/task-context.ts'
import {
  beginMs,
  type EndedVersions,
  oneVersion,
  placeAt,
  readEnded,
  type Version,
  withNewest,
  withOldest,
  writeEnded,
} from './ended-versions.ts'
import type { RangeBounds } from './engine.ts'
import { keyText } from './key-text.ts'
import { StoreBytes } from './store-bytes.ts'
import { timestampOf, withTimestamp } from './store-format.ts'
import type { Put } from './table-store.ts'

export interface VersionedOptions {
  readonly name: string
  readonly persistent: boolean
  /** How far back from the latest time seen a key may be read and written. */
  readonly historyRetentionMs: number
}

const same = (key: Uint8Array): Uint8Array => key

/**
 * Bytes with a history: the latest value of each key, and behind it the earlier
 * ones in segments by the time at which they ended, so that whole segments are
 * dropped once they are behind the retention. The latest value never expires.
 * Keys in the engine: `0 ‖ int64 segment ‖ key` and `1 ‖ key`.
 * Kafka's `RocksDBVersionedStore`, KIP-889.
 */
export class VersionedBytes {
  readonly #retentionMs: number
  readonly #segmentMs: number
  readonly #bytes: StoreBytes
  readonly #segments = new Set<number>()
  #observedTime = -1

  constructor({ historyRetentionMs, ...store }: VersionedOptions, context: TaskContext) {
    this.#retentionMs = historyRetentionMs
    this.#segmentMs = segmentMsFor(historyRetentionMs)
    // The changelog has versions, not segments: who owns this writes it.
    this.#bytes = new StoreBytes({ ...store, logged: false }, context, {
      isTimestamped: false,
      toLog: same,
      fromLog: same,
    })
    this.#findSegments()
  }

  get offset(): number | undefined {
    return this.#bytes.offset
  }

  latest(key: Uint8Array): Version | undefined {
    const stored = this.#get(latestKey(key))
    return stored === null ? undefined : { fromMs: timestampOf(stored), value: viewOf(stored).subarray(8) }
  }

  /** The version that held at a time, a deletion too: undefined where there was none, or where that is behind the retention. */
  at(key: Uint8Array, timestamp: number): Version | undefined {
    const latest = this.latest(key)
    if (latest !== undefined && latest.fromMs <= timestamp) return latest
    if (timestamp < this.#horizon) return undefined
    for (const segment of this.#segmentsFrom(timestamp)) {
      const held = this.#ended(segment, key)
      if (held === undefined) continue
      if (held.endMs <= timestamp) return undefined
      const found = held.versions[placeAt(held, timestamp)]
      if (found !== undefined) return found
    }
    return undefined
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): Put {
    if (timestamp < this.#horizon) return 'expired'
    this.#observedTime = Math.max(this.#observedTime, timestamp)
    this.#expire()
    const version = { fromMs: timestamp, value }
    const latest = this.latest(key)
    if (latest !== undefined && timestamp >= latest.fromMs) {
      if (timestamp > latest.fromMs) this.#end(key, latest, timestamp)
      this.#setLatest(key, version)
      return 'latest'
    }
    return this.#putIntoHistory(key, version, latest?.fromMs)
  }

  /** Latest values between two keys, in order. */
  *entries({ from, to }: RangeBounds): Generator<readonly [key: Uint8Array, latest: Version & { value: Uint8Array }]> {
    const bounds = { from: latestKey(from ?? Buffer.alloc(0)), to: to === undefined ? Buffer.of(2) : latestKey(to) }
    for (const [key, stored] of this.#bytes.entries(bounds)) {
      yield [key.subarray(1), { fromMs: timestampOf(stored), value: viewOf(stored).subarray(8) }]
    }
  }

  commit(offset: number | undefined): void {
    this.#bytes.commit(offset)
  }

  close(): void {
    this.#bytes.close()
  }

  /** A version that begins before the latest, or where there is no latest one. `nextMs`: when a later one is known to begin. */
  #putIntoHistory(key: Uint8Array, version: Version, nextMs: number | undefined): Put {
    let next = nextMs
    for (const segment of this.#segmentsFrom(version.fromMs)) {
      const held = this.#ended(segment, key)
      if (held === undefined) continue
      if (held.endMs <= version.fromMs) break
      if (beginMs(held) <= version.fromMs) {
        this.#split(key, version, { segment, held })
        return 'late'
      }
      next = beginMs(held)
    }
    if (next === undefined) {
      if (version.value === null) this.#markDeleted(key, version.fromMs)
      else this.#setLatest(key, version)
      return 'latest'
    }
    this.#insertBefore(key, version, next)
    return 'late'
  }

  /** Ends the version that held until now where the new one begins. */
  #split(key: Uint8Array, version: Version, place: { readonly segment: number; readonly held: EndedVersions }): void {
    const { segment, held } = place
    const index = placeAt(held, version.fromMs)
    const found = held.versions[index]
    if (found === undefined) return
    const isWithin = this.#segmentOf(version.fromMs) === segment
    if (found.fromMs !== version.fromMs && !isWithin) this.#end(key, found, version.fromMs)
    const replaces = found.fromMs === version.fromMs || !isWithin
    const versions = held.versions.toSpliced(index, replaces ? 1 : 0, version)
    this.#setEnded(segment, key, { ...held, versions })
  }

  /** A version between what is known to end before it and what begins behind it. */
  #insertBefore(key: Uint8Array, version: Version, nextMs: number): void {
    const segment = this.#segmentOf(nextMs)
    const held = this.#ended(segment, key)
    if (held === undefined) this.#setEnded(segment, key, oneVersion(version, nextMs))
    else if (held.endMs <= version.fromMs) this.#setEnded(segment, key, withNewest(held, version, nextMs))
    else this.#setEnded(segment, key, withOldest(held, version))
  }

  #end(key: Uint8Array, version: Version, endMs: number): void {
    const segment = this.#segmentOf(endMs)
    const held = this.#ended(segment, key)
    this.#setEnded(segment, key, held === undefined ? oneVersion(version, endMs) : withNewest(held, version, endMs))
  }

  #markDeleted(key: Uint8Array, atMs: number): void {
    const segment = this.#segmentOf(atMs)
    const held = this.#ended(segment, key)
    const mark = { fromMs: atMs, value: null }
    if (held === undefined) this.#setEnded(segment, key, oneVersion(mark, atMs))
    else if (held.endMs !== atMs) {
      this.#setEnded(segment, key, withNewest(held, { fromMs: held.endMs, value: null }, atMs))
    }
  }

  #setLatest(key: Uint8Array, { fromMs, value }: Version): void {
    this.#set(latestKey(key), value === null ? null : withTimestamp(value, fromMs))
  }

  #ended(segment: number, key: Uint8Array): EndedVersions | undefined {
    const stored = this.#get(segmentKey(segment, key))
    return stored === null ? undefined : readEnded(stored)
  }

  #setEnded(segment: number, key: Uint8Array, ended: EndedVersions): void {
    this.#segments.add(segment)
    this.#set(segmentKey(segment, key), writeEnded(ended))
  }

  #get(key: Uint8Array): Uint8Array | null {
    return this.#bytes.get(keyText(key), key)
  }

  #set(key: Uint8Array, value: Uint8Array | null): void {
    this.#bytes.put(keyText(key), key, value)
  }

  /** Before this time nothing may be written, and only latest values are read. */
  get #horizon(): number {
    return this.#observedTime - this.#retentionMs
  }

  #expire(): void {
    const oldest = this.#segmentOf(this.#horizon)
    for (const segment of this.#segments) {
      if (segment >= oldest) continue
      this.#segments.delete(segment)
      const bounds = { from: segmentKey(segment), to: segmentKey(segment + 1) }
      for (const [key] of this.#bytes.range(bounds)) this.#bytes.forget(keyText(key))
    }
  }

  /** Segments that may hold what ended behind a time, latest first. */
  #segmentsFrom(timestamp: number): number[] {
    const first = this.#segmentOf(timestamp)
    return [...this.#segments].filter((segment) => segment >= first).toSorted((a, b) => b - a)
  }

  /** After a restart: one look per segment that the engine has. */
  #findSegments(): void {
    let key = this.#bytes.firstKey(segmentKey(0))
    while (key?.[0] === 0) {
      const segment = readLong(viewOf(key), 1)
      this.#segments.add(segment)
      key = this.#bytes.firstKey(segmentKey(segment + 1))
    }
  }

  #segmentOf(time: number): number {
    return Math.trunc(time / this.#segmentMs)
  }
}

/** Kafka's `RocksDbVersionedKeyValueBytesStoreSupplier.defaultSegmentInterval`. */
function segmentMsFor(retentionMs: number): number {
  if (retentionMs <= 60_000) return Math.max(Math.floor(retentionMs / 3), 2000)
  if (retentionMs <= 300_000) return Math.max(Math.floor(retentionMs / 5), 20_000)
  if (retentionMs <= 3_600_000) return Math.max(Math.floor(retentionMs / 12), 60_000)
  return Math.max(Math.floor(retentionMs / 24), 300_000)
}

function latestKey(key: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(1), key])
}

function segmentKey(segment: number, key: Uint8Array = Buffer.alloc(0)): Uint8Array {
  const bytes = Buffer.allocUnsafe(9 + key.length)
  bytes[0] = 0
  writeLong(bytes, 1, segment)
  bytes.set(key, 9)
  return bytes
}
