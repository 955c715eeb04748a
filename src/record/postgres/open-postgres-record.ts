import { Pool } from 'pg'
import type { ControlRecord, EventFeed } from '../record.ts'
import { Line } from './line.ts'
import { migrate } from './migrations.ts'
import { PostgresRecord } from './postgres-record.ts'

/** A database that does not answer within this time is taken for gone. Heroku's router waits for thirty seconds. */
const usualPatienceMs = 20_000

/**
 * Opens the record in the database at `url`, bringing its tables up to date.
 *
 * Heroku Postgres demands TLS and presents a certificate that no public
 * authority signed (Dev Center, "Connecting to Heroku Postgres"): a URL whose
 * host is not this machine is spoken to over TLS without checking the name.
 */
export async function openPostgresRecord(
  url: string,
  onLost: (cause: Error) => void,
  patienceMs = usualPatienceMs,
): Promise<ControlRecord & EventFeed> {
  const settings = {
    connectionString: url,
    ssl: isLocal(url) ? false : { rejectUnauthorized: false },
    connectionTimeoutMillis: patienceMs,
    keepAlive: true,
  }
  const line = await Line.open({ ...settings, application_name: 'weirkeeper-line' }, onLost, {
    prepare: migrate,
    patienceMs,
  })
  // A host that is gone closes nothing: without a bound, whatever is asked of it waits for minutes.
  const pool = new Pool({ ...settings, query_timeout: patienceMs, max: 4, application_name: 'weirkeeper' })
  pool.on('error', onLost)
  return new PostgresRecord(pool, line)
}

function isLocal(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}
