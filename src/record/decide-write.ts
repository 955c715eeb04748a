import { isDeepStrictEqual } from 'node:util'
import type { ObjectKey, StoredObject, Write, WriteResult } from './record.ts'

/** What stands in the record before a write, as far as the write can see it. */
export interface Standing {
  readonly version: number
  object(key: ObjectKey): StoredObject | undefined
  /** The epoch under which a lease was last held; 0 where it never was. */
  epoch(lease: string): number
  /** Who has a claim. */
  claimant(claim: string): ObjectKey | undefined
}

/** What a write does to what stands. For the twin in memory; in Postgres, a function decides in the same order. */
export function decideWrite(write: Write, standing: Standing): WriteResult {
  const current = standing.object(write.key)
  const epoch = newerEpoch(write, standing)
  if (epoch !== undefined) return { kind: 'fenced', epoch }
  const found = current?.version ?? 'absent'
  if (write.expected !== 'any' && write.expected !== found) return { kind: 'conflict', found }
  if (isAlreadySo(write, current)) return { kind: 'unchanged', version: current?.version ?? standing.version }
  return takenClaim(write, standing) ?? { kind: 'written', version: standing.version + 1 }
}

function takenClaim(write: Write, standing: Standing): WriteResult | undefined {
  const wanted = write.kind === 'put' ? (write.claims ?? []) : []
  for (const claim of wanted) {
    const by = standing.claimant(claim)
    if (by !== undefined && printKey(by) !== printKey(write.key)) return { kind: 'claimed', claim, by }
  }
  return undefined
}

/** The epoch of whoever took the lease after this writer, or undefined where nobody did. */
function newerEpoch({ fence }: Write, standing: Standing): number | undefined {
  if (fence === undefined) return undefined
  const epoch = standing.epoch(fence.lease)
  return epoch === fence.epoch ? undefined : epoch
}

function isAlreadySo(write: Write, current: StoredObject | undefined): boolean {
  return write.kind === 'remove' ? current === undefined : isDeepStrictEqual(current?.body, write.body)
}

/** A text for maps; NUL cannot stand in a name. */
export function printKey({ kind, namespace, name }: ObjectKey): string {
  return `${kind}\0${namespace}\0${name}`
}
