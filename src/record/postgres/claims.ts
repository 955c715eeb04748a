import type { PoolClient } from 'pg'
import type { Decision } from '../decide-writes.ts'
import type { ObjectKey, Write } from '../record.ts'

/** Who has the claims that these writes come with. Read under the lock of the clock's row, so nobody takes one meanwhile. */
export async function readClaimants(client: PoolClient, writes: readonly Write[]): Promise<Map<string, ObjectKey>> {
  const claims = [...new Set(writes.flatMap((write) => (write.kind === 'put' ? (write.claims ?? []) : [])))]
  if (claims.length === 0) return new Map()
  const { rows } = await client.query<ObjectKey & { readonly claim: string }>({
    name: 'read-claimants',
    text: 'SELECT claim, kind, namespace, name FROM claim WHERE claim = ANY ($1)',
    values: [claims],
  })
  return new Map(rows.map(({ claim, kind, namespace, name }) => [claim, { kind, namespace, name }]))
}

/** What each of these objects had makes place for what it has now. */
export function storeClaims(client: PoolClient, held: Decision['claims']): readonly Promise<unknown>[] {
  if (held.length === 0) return []
  const rows = held.flatMap(({ key, claims }) => claims.map((claim) => ({ key, claim })))
  const remove = client.query({
    name: 'remove-claims',
    text: `DELETE FROM claim c USING unnest($1::text[], $2::text[], $3::text[]) AS held (kind, namespace, name)
      WHERE c.kind = held.kind AND c.namespace = held.namespace AND c.name = held.name`,
    values: columns(held),
  })
  if (rows.length === 0) return [remove]
  const store = client.query({
    name: 'store-claims',
    text: `INSERT INTO claim (kind, namespace, name, claim)
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])`,
    values: [...columns(rows), rows.map(({ claim }) => claim)],
  })
  return [remove, store]
}

function columns(rows: readonly { readonly key: ObjectKey }[]): [string[], string[], string[]] {
  return [rows.map(({ key }) => key.kind), rows.map(({ key }) => key.namespace), rows.map(({ key }) => key.name)]
}
