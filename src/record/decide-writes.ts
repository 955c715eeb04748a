import { isDeepStrictEqual } from 'node:util'
import type { AuditEntry, Change, ObjectKey, StoredObject, Write, WriteResult } from './record.ts'

/** What stands in the record before a batch of writes, as far as the batch can see it. */
export interface Standing {
  readonly version: number
  object(key: ObjectKey): StoredObject | undefined
  /** The epoch under which a lease was last held; 0 where it never was. */
  epoch(lease: string): number
  /** Who has a claim. */
  claimant(claim: string): ObjectKey | undefined
}

export interface Decision {
  readonly results: readonly WriteResult[]
  readonly changes: readonly Change[]
  readonly audit: readonly Omit<AuditEntry, 'at'>[]
  /** The claims of these objects, all of them, in place of what each had. */
  readonly claims: readonly { readonly key: ObjectKey; readonly claims: readonly string[] }[]
  readonly version: number
}

/**
 * What a batch of writes does to what stands: computed the same way for
 * Postgres and for the twin in memory. A later write of the batch sees the
 * earlier ones.
 */
export function decideWrites(writes: readonly Write[], standing: Standing): Decision {
  const changes: Change[] = []
  const audit: Omit<AuditEntry, 'at'>[] = []
  const results: WriteResult[] = []
  const written = new Map<string, StoredObject | undefined>()
  const claimed = new Map<string, ObjectKey>()
  const claims = new Map<string, Decision['claims'][number]>()
  let version = standing.version

  for (const write of writes) {
    const id = printKey(write.key)
    const current = written.has(id) ? written.get(id) : standing.object(write.key)
    const refusal =
      refuse(write, current, standing) ?? takenClaim(write, (claim) => claimed.get(claim) ?? standing.claimant(claim))
    if (refusal !== undefined) {
      results.push(refusal)
      continue
    }
    version += 1
    const { change, verb } = changeOf(write, current, version)
    changes.push(change)
    audit.push({ actor: write.actor, verb, key: write.key, version })
    written.set(id, change.kind === 'removed' ? undefined : change.object)
    results.push({ kind: 'written', version })
    const { key } = write
    const held = write.kind === 'put' ? write.claims : []
    if (held === undefined) continue
    claims.set(id, { key, claims: held })
    for (const claim of held) claimed.set(claim, key)
  }
  return { results, changes, audit, claims: [...claims.values()], version }
}

function refuse(write: Write, current: StoredObject | undefined, standing: Standing): WriteResult | undefined {
  const epoch = newerEpoch(write, standing)
  if (epoch !== undefined) return { kind: 'fenced', epoch }

  const found = current?.version ?? 'absent'
  if (write.expected !== 'any' && write.expected !== found) return { kind: 'conflict', found }
  return isAlreadySo(write, current) ? { kind: 'unchanged', version: current?.version ?? standing.version } : undefined
}

/** Of the batch, a claim that was given up counts as held: whoever comes with it in the same moment comes again. */
function takenClaim(write: Write, claimant: Standing['claimant']): WriteResult | undefined {
  const wanted = write.kind === 'put' ? (write.claims ?? []) : []
  for (const claim of wanted) {
    const by = claimant(claim)
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

function changeOf(
  write: Write,
  current: StoredObject | undefined,
  version: number,
): { change: Change; verb: AuditEntry['verb'] } {
  const { key } = write
  if (write.kind === 'remove') {
    return { change: { kind: 'removed', object: { key, body: current?.body ?? {}, version } }, verb: 'remove' }
  }
  const object = { key, body: write.body, version }
  return current === undefined
    ? { change: { kind: 'added', object }, verb: 'create' }
    : { change: { kind: 'modified', object }, verb: 'update' }
}

/** A text for maps; NUL cannot stand in a name. */
export function printKey({ kind, namespace, name }: ObjectKey): string {
  return `${kind}\0${namespace}\0${name}`
}
