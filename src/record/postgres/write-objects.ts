import type { QueryConfig, QueryResult, QueryResultRow } from 'pg'
import type { Write, WriteResult } from '../record.ts'

/** Postgres' channel that says that something was written: up to which version. */
export const writeChannel = 'weirkeeper_record'

/** To Postgres: one, or any of a pool. */
interface Connection {
  query<Row extends QueryResultRow>(config: QueryConfig): Promise<QueryResult<Row>>
}

/**
 * Any number of writes in one statement, which is a transaction of its own: one journey to Postgres, where the function
 * decides as `decideWrite` does for the twin in memory. Whatever of it fails, nothing is written.
 */
export async function writeObjects(connection: Connection, writes: readonly Write[]): Promise<readonly WriteResult[]> {
  const { rows } = await connection.query<{ results: readonly WriteResult[] }>({
    name: 'write-objects',
    text: 'SELECT write_objects_1($1) AS results',
    values: [JSON.stringify(writes.map(rowOf))],
  })
  const { results = [] } = rows[0] ?? {}
  return results
}

/** Postgres refused what stands in them: class 22 of its error codes (data), 23 (integrity), 54 (too large, too deep). */
export function isOfWrites(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && /^(22|23|54)/.test(String(cause.code))
}

/** What is left out is NULL there. */
function rowOf(write: Write): object {
  const { key, actor, expected, fence } = write
  return {
    ...key,
    actor,
    expected: expected === 'any' ? undefined : expected === 'absent' ? 0 : expected,
    lease: fence?.lease,
    epoch: fence?.epoch,
    ...(write.kind === 'put' ? { body: write.body, claims: write.claims } : {}),
  }
}

/**
 * Takes an array of what `rowOf` makes, and returns an array of `WriteResult`. A step of the migrations: never edited once
 * released, since two releases run side by side during a deploy. Another way to write is a function of another name.
 *
 * The clock's row is locked first and until the commit, so that versions become visible in their order (R1), and each
 * statement after that sees what was committed before. Each finds its rows by an index, however small the tables were when
 * its plan was made. Leases are locked for sharing: a take-over waits for the commit, or is seen (R3).
 */
export const writeObjectsFunction = `
  CREATE FUNCTION write_objects_1(writes jsonb) RETURNS jsonb LANGUAGE plpgsql SET enable_seqscan TO off AS $$
  DECLARE
    w record;
    stored record;
    taken record;
    held bigint;
    before bigint;
    clock bigint;
    result jsonb;
    results jsonb[] := '{}';
  BEGIN
    SELECT c.version INTO before FROM record_clock c FOR UPDATE;
    clock := before;
    FOR w IN SELECT * FROM jsonb_to_recordset(writes) AS write (
      kind text, namespace text, name text, actor text, expected bigint, lease text, epoch bigint, body jsonb, claims text[]
    ) LOOP
      result := NULL;
      IF w.lease IS NOT NULL THEN
        SELECT l.epoch INTO held FROM lease l WHERE l.name = w.lease FOR SHARE;
        IF coalesce(held, 0) <> w.epoch THEN
          result := jsonb_build_object('kind', 'fenced', 'epoch', coalesce(held, 0));
        END IF;
      END IF;

      SELECT o.version, o.body INTO stored FROM object o
        WHERE o.kind = w.kind AND o.namespace = w.namespace AND o.name = w.name;
      IF result IS NOT NULL THEN
        -- Somebody else has the lease.
      ELSIF coalesce(stored.version, 0) <> w.expected THEN
        result := jsonb_build_object('kind', 'conflict', 'found', coalesce(to_jsonb(stored.version), '"absent"'));
      ELSIF stored.body IS NOT DISTINCT FROM w.body THEN
        result := jsonb_build_object('kind', 'unchanged', 'version', coalesce(stored.version, clock));
      ELSIF w.claims IS NOT NULL THEN
        SELECT c.* INTO taken FROM unnest(w.claims) WITH ORDINALITY AS wanted (claim, at)
          JOIN claim c ON c.claim = wanted.claim
          WHERE (c.kind, c.namespace, c.name) <> (w.kind, w.namespace, w.name) ORDER BY wanted.at LIMIT 1;
        IF FOUND THEN
          result := jsonb_build_object('kind', 'claimed', 'claim', taken.claim, 'by',
            jsonb_build_object('kind', taken.kind, 'namespace', taken.namespace, 'name', taken.name));
        END IF;
      END IF;

      IF result IS NULL THEN
        clock := clock + 1;
        result := jsonb_build_object('kind', 'written', 'version', clock);
        IF stored.version IS NULL THEN
          INSERT INTO object (kind, namespace, name, version, body)
            VALUES (w.kind, w.namespace, w.name, clock, w.body);
        ELSIF w.body IS NOT NULL THEN
          UPDATE object o SET version = clock, body = w.body
            WHERE o.kind = w.kind AND o.namespace = w.namespace AND o.name = w.name;
        ELSE
          DELETE FROM object o WHERE o.kind = w.kind AND o.namespace = w.namespace AND o.name = w.name;
        END IF;
        IF stored.version IS NOT NULL AND (w.body IS NULL OR w.claims IS NOT NULL) THEN
          DELETE FROM claim c WHERE c.kind = w.kind AND c.namespace = w.namespace AND c.name = w.name;
        END IF;
        IF w.claims IS NOT NULL THEN
          INSERT INTO claim (claim, kind, namespace, name)
            SELECT DISTINCT wanted, w.kind, w.namespace, w.name FROM unnest(w.claims) AS wanted;
        END IF;
        INSERT INTO change (version, change, kind, namespace, name, body) VALUES (
          clock,
          CASE WHEN stored.version IS NULL THEN 'added' WHEN w.body IS NULL THEN 'removed' ELSE 'modified' END,
          w.kind, w.namespace, w.name, coalesce(w.body, stored.body)
        );
        INSERT INTO audit (version, actor, verb, kind, namespace, name) VALUES (
          clock, w.actor,
          CASE WHEN stored.version IS NULL THEN 'create' WHEN w.body IS NULL THEN 'remove' ELSE 'update' END,
          w.kind, w.namespace, w.name
        );
      END IF;
      results := results || result;
    END LOOP;
    IF clock > before THEN
      UPDATE record_clock SET version = clock;
      PERFORM pg_notify('${writeChannel}', clock::text);
    END IF;
    RETURN to_jsonb(results);
  END $$;
`
