import type { Client } from 'pg'
import { versionedEvents } from './versioned-events.ts'
import { writeObjectsFunction } from './write-objects.ts'

/**
 * The tables of the record, one step a version, never edited once released.
 * Names compare bytewise (`COLLATE "C"`), so that lists have one order everywhere.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE record_clock (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL,
    compacted bigint NOT NULL
  );
  INSERT INTO record_clock (version, compacted) VALUES (0, 0);

  CREATE TABLE object (
    kind text COLLATE "C" NOT NULL,
    namespace text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (kind, namespace, name)
  );

  CREATE TABLE change (
    version bigint PRIMARY KEY,
    change text NOT NULL,
    kind text NOT NULL,
    namespace text NOT NULL,
    name text NOT NULL,
    body jsonb NOT NULL
  );

  CREATE TABLE audit (
    version bigint PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    verb text NOT NULL,
    kind text NOT NULL,
    namespace text NOT NULL,
    name text NOT NULL
  );
  CREATE INDEX audit_by_object ON audit (kind, namespace, name, version DESC);

  CREATE TABLE lease (
    name text PRIMARY KEY,
    holder text NOT NULL,
    epoch bigint NOT NULL,
    until timestamptz NOT NULL
  );

  CREATE TABLE event (
    kind text NOT NULL,
    namespace text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    reason text NOT NULL,
    message text NOT NULL,
    count integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL
  );
  CREATE UNIQUE INDEX event_once ON event (kind, namespace, name, type, reason, md5(message));
  `,
  `
  CREATE TABLE claim (
    claim text COLLATE "C" PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    namespace text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL
  );
  CREATE INDEX claim_by_object ON claim (kind, namespace, name);
  -- What was declared before has what it would have claimed: of several, the one that was written first.
  INSERT INTO claim (claim, kind, namespace, name)
    SELECT DISTINCT ON (body #>> '{spec,app}') 'Heroku app ' || (body #>> '{spec,app}'), kind, namespace, name
    FROM object WHERE kind = 'StreamApp' AND body #>> '{spec,app}' IS NOT NULL
    ORDER BY body #>> '{spec,app}', version;
  `,
  writeObjectsFunction,
  versionedEvents,
  `
  -- Bodies of up to 8 kB stay in their rows as they are: compressing them was a fifth of what a write cost Postgres.
  ALTER TABLE object SET (toast_tuple_target = 8160);
  ALTER TABLE change SET (toast_tuple_target = 8160);
  `,
]

/** Any number that no other program of ours uses: it keeps two releases from migrating at once. */
const migrationLock = 7_318_204

/** Brings the tables to this program's version, or to that of an earlier one. Refuses a database that a newer program has written. */
export async function migrate(client: Client, upTo = steps.length): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock])
    await client.query('CREATE TABLE IF NOT EXISTS record_schema (step integer PRIMARY KEY)')
    const { rows } = await client.query<{ step: number }>('SELECT coalesce(max(step), 0) AS step FROM record_schema')
    const done = rows[0]?.step ?? 0
    if (done > steps.length) {
      throw new Error(
        `the record was written by a newer Weirkeeper (step ${done}, this one knows ${steps.length}): deploy that one`,
      )
    }
    for (const [index, step] of steps.entries()) {
      if (index < done || index >= upTo) continue
      await client.query(step)
      await client.query('INSERT INTO record_schema (step) VALUES ($1)', [index + 1])
    }
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK')
    throw new Error('migrating the record', { cause })
  }
}
