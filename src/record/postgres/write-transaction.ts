import type { PoolClient } from 'pg'
import { decideWrites, printKey, type Decision } from '../decide-writes.ts'
import type { Change, ObjectKey, StoredObject, Write, WriteResult } from '../record.ts'
import { readClaimants, storeClaims } from './claims.ts'
import { objectOf, type ObjectRow } from './rows.ts'

/** Postgres' channel that says that something was written: up to which version. */
export const writeChannel = 'weirkeeper_record'

/**
 * One transaction for any number of writes, in two journeys to Postgres: the statements of each go out together, and are
 * carried out one after the other. The clock's row is locked first and until the commit, so versions become visible in
 * their order (R1).
 */
export async function writeInTransaction(
  client: PoolClient,
  writes: readonly Write[],
): Promise<readonly WriteResult[]> {
  try {
    const decision = decideWrites(writes, await readStanding(client, writes))
    // Whatever of these fails, the commit behind it commits nothing.
    await Promise.all([...store(client, decision), client.query('COMMIT')])
    return decision.results
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined) // the connection may be what failed
    throw cause
  }
}

async function readStanding(client: PoolClient, writes: readonly Write[]): Promise<Parameters<typeof decideWrites>[1]> {
  const [, clock, objects, epochs, claimants] = await Promise.all([
    client.query('BEGIN'),
    client.query<{ version: string }>({
      name: 'lock-clock',
      text: 'SELECT version FROM record_clock FOR UPDATE',
    }),
    readObjects(
      client,
      writes.map(({ key }) => key),
    ),
    readEpochs(client, writes),
    readClaimants(client, writes),
  ])
  return {
    version: Number(clock.rows[0]?.version ?? 0),
    object: (key) => objects.get(printKey(key)),
    epoch: (lease) => epochs.get(lease) ?? 0,
    claimant: (claim) => claimants.get(claim),
  }
}

async function readObjects(client: PoolClient, keys: readonly ObjectKey[]): Promise<Map<string, StoredObject>> {
  const { rows } = await client.query<ObjectRow>({
    name: 'read-objects',
    text: `SELECT o.kind, o.namespace, o.name, o.version, o.body FROM object o
      JOIN unnest($1::text[], $2::text[], $3::text[]) AS asked (kind, namespace, name)
        ON o.kind = asked.kind AND o.namespace = asked.namespace AND o.name = asked.name`,
    values: columns(keys.map((key) => ({ object: { key } }))),
  })
  return new Map(rows.map((row) => [printKey(row), objectOf(row)]))
}

/** Leases are locked for sharing: a take-over waits until this transaction has ended, or this one sees it. */
async function readEpochs(client: PoolClient, writes: readonly Write[]): Promise<Map<string, number>> {
  const names = [...new Set(writes.flatMap(({ fence }) => (fence === undefined ? [] : [fence.lease])))]
  if (names.length === 0) return new Map()
  const { rows } = await client.query<{ name: string; epoch: string }>(
    'SELECT name, epoch FROM lease WHERE name = ANY ($1) FOR SHARE',
    [names],
  )
  return new Map(rows.map(({ name, epoch }) => [name, Number(epoch)]))
}

function store(client: PoolClient, { changes, audit, claims, version }: Decision): readonly Promise<unknown>[] {
  if (changes.length === 0) return []
  const last = [...new Map(changes.map((change) => [printKey(change.object.key), change])).values()]
  return [
    client.query({ name: 'set-clock', text: 'UPDATE record_clock SET version = $1', values: [version] }),
    client.query({
      name: 'store-changes',
      text: `INSERT INTO change (version, change, kind, namespace, name, body)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])`,
      values: [
        changes.map(({ object }) => object.version),
        changes.map(({ kind }) => kind),
        ...columns(changes),
        bodies(changes),
      ],
    }),
    ...storeObjects(
      client,
      last.filter(({ kind }) => kind !== 'removed'),
    ),
    ...removeObjects(
      client,
      last.filter(({ kind }) => kind === 'removed'),
    ),
    ...storeClaims(client, claims),
    client.query({
      name: 'store-audit',
      text: `INSERT INTO audit (version, actor, verb, kind, namespace, name)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])`,
      values: [
        audit.map((entry) => entry.version),
        audit.map(({ actor }) => actor),
        audit.map(({ verb }) => verb),
        ...columns(audit.map(({ key }) => ({ object: { key } }))),
      ],
    }),
    client.query(`NOTIFY ${writeChannel}, '${version}'`),
  ]
}

function storeObjects(client: PoolClient, changes: readonly Change[]): readonly Promise<unknown>[] {
  if (changes.length === 0) return []
  const text = `INSERT INTO object (kind, namespace, name, version, body)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::jsonb[])
    ON CONFLICT (kind, namespace, name) DO UPDATE SET version = excluded.version, body = excluded.body`
  const values = [...columns(changes), changes.map(({ object }) => object.version), bodies(changes)]
  return [client.query({ name: 'store-objects', text, values })]
}

function removeObjects(client: PoolClient, changes: readonly Change[]): readonly Promise<unknown>[] {
  if (changes.length === 0) return []
  const text = `DELETE FROM object o USING unnest($1::text[], $2::text[], $3::text[]) AS gone (kind, namespace, name)
    WHERE o.kind = gone.kind AND o.namespace = gone.namespace AND o.name = gone.name`
  return [client.query({ name: 'remove-objects', text, values: columns(changes) })]
}

function columns(rows: readonly { readonly object: { readonly key: ObjectKey } }[]): [string[], string[], string[]] {
  const keys = rows.map(({ object }) => object.key)
  return [keys.map(({ kind }) => kind), keys.map(({ namespace }) => namespace), keys.map(({ name }) => name)]
}

const bodies = (changes: readonly Change[]): string[] => changes.map(({ object }) => JSON.stringify(object.body))
