import type { Pool } from 'pg'
import type { Retention } from '../record.ts'

/** Rows that one statement takes away: what has gathered for months must hold up nobody's write. */
const atOnce = 10_000

/**
 * A portion of each, the oldest first; true where there may be more. Readers are told that changes are gone before the first
 * of them is: the clock's row, which every write locks, is held for that statement alone.
 */
export async function forgetOlder(pool: Pool, { changesMs, eventsMs, auditMs }: Retention): Promise<boolean> {
  // A change has the time of its entry in the audit, which outlives it; found from the newest on, over what is kept.
  await pool.query(
    `UPDATE record_clock SET compacted = old.version FROM (
       SELECT version FROM audit WHERE at <= now() - $1 * interval '1 ms' ORDER BY version DESC LIMIT 1
     ) old WHERE compacted < old.version`,
    [changesMs],
  )
  const removed = [
    await removeOldest(pool, 'change', ['version <= (SELECT compacted FROM record_clock)']),
    await removeOldest(pool, 'event', ["last_at <= now() - $1 * interval '1 ms'", eventsMs]),
    await removeOldest(pool, 'audit', ["at <= now() - $1 * interval '1 ms'", auditMs]),
  ]
  return removed.includes(atOnce)
}

/** How many. Rows come in the order of their versions, and of their times. */
async function removeOldest(
  pool: Pool,
  table: 'change' | 'event' | 'audit',
  [isOld, ...values]: readonly [string, ...number[]],
): Promise<number> {
  const oldest = `SELECT version FROM ${table} ORDER BY version LIMIT ${atOnce}`
  const { rowCount } = await pool.query(`DELETE FROM ${table} WHERE version IN (${oldest}) AND ${isOld}`, values)
  return rowCount ?? 0
}
