import type { Pool } from 'pg'
import type {
  AuditEntry,
  Change,
  Changes,
  Event,
  EventFeed,
  Hold,
  ObjectKey,
  ControlRecord,
  RecordedEvent,
  Retention,
  StoredObject,
  VersionRange,
  Write,
  WriteListener,
  WriteResult,
} from '../record.ts'
import { forgetOlder } from './forget-older.ts'
import { GroupCommit } from './group-commit.ts'
import type { Line } from './line.ts'
import { eventOf, objectOf, type EventRow, type ObjectRow } from './rows.ts'
import { isOfWrites, writeObjects } from './write-objects.ts'

/** The record in Postgres. Leases go by the database's clock, so that two dynos need not agree on the time. */
export class PostgresRecord implements ControlRecord, EventFeed {
  readonly #pool: Pool
  readonly #line: Line
  readonly #writes: GroupCommit<Write, WriteResult>

  /** `openPostgresRecord` makes both. */
  constructor(pool: Pool, line: Line) {
    this.#pool = pool
    this.#line = line
    this.#writes = new GroupCommit((writes) => writeObjects(line.isOpen ? line : pool, writes), isOfWrites)
  }

  write(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    return writes.length === 0 ? Promise.resolve([]) : this.#writes.add(writes)
  }

  async get({ kind, namespace, name }: ObjectKey): Promise<StoredObject | undefined> {
    const { rows } = await this.#pool.query<ObjectRow>(
      'SELECT * FROM object WHERE kind = $1 AND namespace = $2 AND name = $3',
      [kind, namespace, name],
    )
    return rows[0] === undefined ? undefined : objectOf(rows[0])
  }

  /** One statement, so one snapshot: the objects are as they were at the version beside them. */
  async list(kind: string, namespace?: string): Promise<{ objects: readonly StoredObject[]; version: number }> {
    const { rows } = await this.#pool.query<{ clock: string } & (ObjectRow | { kind: null })>(
      `SELECT c.version AS clock, o.* FROM record_clock c
       LEFT JOIN object o ON o.kind = $1 AND ($2::text IS NULL OR o.namespace = $2)
       ORDER BY o.namespace, o.name`,
      [kind, namespace ?? null],
    )
    const objects = rows.flatMap((row) => (row.kind === null ? [] : [objectOf(row)]))
    return { objects, version: Number(rows[0]?.clock ?? 0) }
  }

  async changesSince(version: number, limit: number): Promise<Changes> {
    type Row = { clock: string; compacted: string; change: Change['kind'] } & (ObjectRow | { kind: null })
    const { rows } = await this.#pool.query<Row>(
      `SELECT c.version AS clock, c.compacted, ch.* FROM record_clock c
       LEFT JOIN LATERAL (SELECT * FROM change WHERE version > $1 ORDER BY version LIMIT $2) ch ON true
       ORDER BY ch.version`,
      [version, limit],
    )
    const oldest = Number(rows[0]?.compacted ?? 0)
    if (version < oldest) return { kind: 'gone', oldest }
    const changes = rows.flatMap((row) => (row.kind === null ? [] : [{ kind: row.change, object: objectOf(row) }]))
    return { kind: 'changes', changes, version: changes.at(-1)?.object.version ?? Number(rows[0]?.clock ?? 0) }
  }

  forget(older: Retention): Promise<boolean> {
    return forgetOlder(this.#pool, older)
  }

  onWrite(listener: WriteListener, signal: AbortSignal): void {
    this.#line.onWrite(listener, signal)
  }

  /** One statement: the row is made, renewed or taken over, or it stays and says who has it. */
  async hold(lease: string, holder: string, forMs: number): Promise<Hold> {
    const { rows } = await this.#pool.query<{ holder: string; epoch: string; ms: string }>(
      `INSERT INTO lease AS l (name, holder, epoch, until) VALUES ($1, $2, 1, now() + $3 * interval '1 ms')
       ON CONFLICT (name) DO UPDATE SET
         epoch = CASE WHEN l.until <= now() THEN l.epoch + 1 ELSE l.epoch END,
         holder = CASE WHEN l.until <= now() THEN $2 ELSE l.holder END,
         until = CASE WHEN l.until <= now() OR l.holder = $2 THEN now() + $3 * interval '1 ms' ELSE l.until END
       RETURNING holder, epoch, extract(epoch FROM until - now()) * 1000 AS ms`,
      [lease, holder, forMs],
    )
    const [row] = rows
    if (row === undefined) throw new Error(`the lease ${lease} was neither taken nor found`)
    const answer = { epoch: Number(row.epoch), forMs: Math.round(Number(row.ms)) }
    return row.holder === holder ? { kind: 'held', ...answer } : { kind: 'taken', holder: row.holder, ...answer }
  }

  async release(lease: string, holder: string, epoch: number): Promise<void> {
    await this.#pool.query(
      "UPDATE lease SET until = '-infinity' WHERE name = $1 AND holder = $2 AND epoch = $3 AND until > now()",
      [lease, holder, epoch],
    )
  }

  async tell(events: readonly Event[]): Promise<void> {
    for (const { key, type, reason, message } of events) {
      await this.#pool.query(
        `INSERT INTO event AS e (kind, namespace, name, type, reason, message, count, first_at, last_at)
         VALUES ($1, $2, $3, $4, $5, $6, 1, now(), now())
         ON CONFLICT (kind, namespace, name, type, reason, md5(message))
         DO UPDATE SET count = e.count + 1, last_at = now()`,
        [key.kind, key.namespace, key.name, type, reason, message],
      )
    }
  }

  async events({ kind, namespace, name }: ObjectKey): Promise<readonly RecordedEvent[]> {
    const { rows } = await this.#pool.query<EventRow>(
      'SELECT * FROM event WHERE kind = $1 AND namespace = $2 AND name = $3 ORDER BY version DESC',
      [kind, namespace, name],
    )
    return rows.map(eventOf)
  }

  /** One statement, so one snapshot: the events are as they were at the version beside them. */
  async latestEvents(namespace: string | undefined, limit: number): ReturnType<EventFeed['latestEvents']> {
    const { rows } = await this.#pool.query<{ clock: string } & (EventRow | { kind: null })>(
      `SELECT c.version AS clock, e.* FROM record_clock c LEFT JOIN LATERAL (
         SELECT * FROM event WHERE $1::text IS NULL OR namespace = $1 ORDER BY version DESC LIMIT $2
       ) e ON true ORDER BY e.version DESC`,
      [namespace ?? null, limit],
    )
    const events = rows.flatMap((row) => (row.kind === null ? [] : [eventOf(row)]))
    return { events, version: Number(rows[0]?.clock ?? 0) }
  }

  async eventsSince(
    namespace: string | undefined,
    { since, upTo, limit }: VersionRange,
  ): Promise<readonly RecordedEvent[]> {
    const { rows } = await this.#pool.query<EventRow>(
      `SELECT * FROM event WHERE version > $2 AND version <= $3 AND ($1::text IS NULL OR namespace = $1)
       ORDER BY version LIMIT $4`,
      [namespace ?? null, since, upTo, limit],
    )
    return rows.map(eventOf)
  }

  async audit(key: ObjectKey, limit: number): Promise<readonly AuditEntry[]> {
    const { rows } = await this.#pool.query<Omit<AuditEntry, 'key' | 'version'> & { version: string }>(
      `SELECT at, actor, verb, version FROM audit
       WHERE kind = $1 AND namespace = $2 AND name = $3 ORDER BY version DESC LIMIT $4`,
      [key.kind, key.namespace, key.name, limit],
    )
    return rows.map((row) => ({ ...row, key, version: Number(row.version) }))
  }

  async close(): Promise<void> {
    await this.#writes.idle()
    await this.#line.close()
    await this.#pool.end()
  }
}
