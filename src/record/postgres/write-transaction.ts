import type { PoolClient } from 'pg'
import { decideWrites, printKey, type Decision } from '../decide-writes.ts'
import type { Change, ObjectKey, StoredObject, Write, WriteResult } from '../record.ts'
import { objectOf, type ObjectRow } from './rows.ts'

/** Postgres' channel that says that something was written. */
export const writeChannel = 'weirkeeper_record'

/**
 * One transaction for any number of writes. The clock's row is locked first and
 * until the commit, so versions become visible in their order (R1).
 */
export async function writeInTransaction(
  client: PoolClient,
  writes: readonly Write[],
): Promise<readonly WriteResult[]> {
  await client.query('BEGIN')
  try {
    const decision = decideWrites(writes, await readStanding(client, writes))
    if (decision.changes.length > 0) await store(client, decision)
    await client.query('COMMIT')
    return decision.results
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined) // the connection may be what failed
    throw cause
  }
}

async function readStanding(client: PoolClient, writes: readonly Write[]): Promise<Parameters<typeof decideWrites>[1]> {
  const clock = await client.query<{ version: string }>('SELECT version FROM record_clock FOR UPDATE')
  const objects = await readObjects(
    client,
    writes.map(({ key }) => key),
  )
  const epochs = await readEpochs(client, writes)
  return {
    version: Number(clock.rows[0]?.version ?? 0),
    object: (key) => objects.get(printKey(key)),
    epoch: (lease) => epochs.get(lease) ?? 0,
  }
}

async function readObjects(client: PoolClient, keys: readonly ObjectKey[]): Promise<Map<string, StoredObject>> {
  const { rows } = await client.query<ObjectRow>(
    `SELECT o.* FROM object o
     JOIN unnest($1::text[], $2::text[], $3::text[]) AS asked (kind, namespace, name)
       ON o.kind = asked.kind AND o.namespace = asked.namespace AND o.name = asked.name`,
    [keys.map(({ kind }) => kind), keys.map(({ namespace }) => namespace), keys.map(({ name }) => name)],
  )
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

async function store(client: PoolClient, { changes, audit, version }: Decision): Promise<void> {
  await client.query('UPDATE record_clock SET version = $1', [version])
  await client.query(
    `INSERT INTO change (version, change, kind, namespace, name, body)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])`,
    [
      changes.map(({ object }) => object.version),
      changes.map(({ kind }) => kind),
      ...columns(changes),
      bodies(changes),
    ],
  )
  const last = [...new Map(changes.map((change) => [printKey(change.object.key), change])).values()]
  await storeObjects(
    client,
    last.filter(({ kind }) => kind !== 'removed'),
  )
  await removeObjects(
    client,
    last.filter(({ kind }) => kind === 'removed'),
  )
  await client.query(
    `INSERT INTO audit (version, actor, verb, kind, namespace, name)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])`,
    [
      audit.map((entry) => entry.version),
      audit.map(({ actor }) => actor),
      audit.map(({ verb }) => verb),
      ...columns(audit.map(({ key }) => ({ object: { key } }))),
    ],
  )
  await client.query(`NOTIFY ${writeChannel}`)
}

async function storeObjects(client: PoolClient, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  await client.query(
    `INSERT INTO object (kind, namespace, name, version, body)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::jsonb[])
     ON CONFLICT (kind, namespace, name) DO UPDATE SET version = excluded.version, body = excluded.body`,
    [...columns(changes), changes.map(({ object }) => object.version), bodies(changes)],
  )
}

async function removeObjects(client: PoolClient, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  await client.query(
    `DELETE FROM object o USING unnest($1::text[], $2::text[], $3::text[]) AS gone (kind, namespace, name)
     WHERE o.kind = gone.kind AND o.namespace = gone.namespace AND o.name = gone.name`,
    columns(changes),
  )
}

function columns(rows: readonly { readonly object: { readonly key: ObjectKey } }[]): [string[], string[], string[]] {
  const keys = rows.map(({ object }) => object.key)
  return [keys.map(({ kind }) => kind), keys.map(({ namespace }) => namespace), keys.map(({ name }) => name)]
}

const bodies = (changes: readonly Change[]): string[] => changes.map(({ object }) => JSON.stringify(object.body))
