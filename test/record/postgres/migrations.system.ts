import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import { migrate } from '../../../src/record/postgres/migrations.ts'
import { openPostgresRecord } from '../../../src/record/postgres/open-postgres-record.ts'
import type { ObjectKey } from '../../../src/record/record.ts'
import { startTemporaryPostgres, type TemporaryPostgres } from '../../support/temporary-postgres.ts'

/**
 * What releases have left in their tables, by the step of the migrations that brought these. A step of our own adds a line
 * here: of what it cannot be tried without.
 */
const left: readonly string[] = [
  `UPDATE record_clock SET version = 7, compacted = 1;
   INSERT INTO object (kind, namespace, name, version, body) VALUES
     ('StreamApp', 'default', 'late', 6, '{"spec": {"app": "words"}}'),
     ('StreamApp', 'default', 'early', 3, '{"spec": {"app": "words"}}'),
     ('StreamApp', 'team', 'other', 4, '{"spec": {"app": "others"}}'),
     ('Namespace', '', 'team', 2, '{"metadata": {"name": "team"}}');
   INSERT INTO change (version, change, kind, namespace, name, body) VALUES
     (2, 'added', 'Namespace', '', 'team', '{"metadata": {"name": "team"}}'),
     (7, 'removed', 'StreamApp', 'team', 'gone', '{"spec": {"app": "gone"}}');
   INSERT INTO audit (version, actor, verb, kind, namespace, name) VALUES
     (6, 'ann', 'create', 'StreamApp', 'default', 'late');
   INSERT INTO lease (name, holder, epoch, until) VALUES ('controller', 'clock.1', 5, 'infinity');
   INSERT INTO event (kind, namespace, name, type, reason, message, count, first_at, last_at) VALUES
     ('StreamApp', 'default', 'early', 'Normal', 'Applied', 'second', 2, '2026-11-01T00:00Z', '2026-11-03T00:00Z'),
     ('StreamApp', 'default', 'early', 'Normal', 'Applied', 'first', 1, '2026-11-02T00:00Z', '2026-11-02T00:00Z')`,
  `INSERT INTO claim (claim, kind, namespace, name) VALUES
     ('Heroku app words', 'StreamApp', 'default', 'early'), ('Heroku app others', 'StreamApp', 'team', 'other')`,
]

/** How the releases before versioned events told one, which they go on with while the next one is deployed. */
const tellAsBefore = `INSERT INTO event AS e VALUES ('StreamApp', 'default', 'early', 'Normal', 'Applied', 'first', 1, now(), now())
  ON CONFLICT (kind, namespace, name, type, reason, md5(message)) DO UPDATE SET count = e.count + 1, last_at = now()`

const key = (name: string, namespace = 'default'): ObjectKey => ({ kind: 'StreamApp', namespace, name })

describe('the migrations, from the tables of each earlier release with rows in them', () => {
  let postgres: TemporaryPostgres
  before(async () => {
    postgres = await startTemporaryPostgres()
  })
  after(() => postgres.stop())

  it('lose nothing, and what was there goes by the rules of now', async (t) => {
    const all = await stepsIn(await postgres.makeDatabase())
    assert.ok(all >= 4)
    for (let step = 1; step <= all; step += 1) {
      await t.test(`from step ${step} of ${all}`, async () => upFrom(step, await postgres.makeDatabase()))
    }
  })

  async function upFrom(step: number, url: string): Promise<void> {
    const client = new Client({ connectionString: url })
    await client.connect()
    await migrate(client, step)
    for (const rows of left.slice(0, step)) await client.query(rows)
    const record = await openPostgresRecord(url, () => {})
    try {
      const { objects, version } = await record.list('StreamApp')
      assert.deepEqual(
        objects.map(({ key: { name }, version: at, body }) => [name, at, body]),
        [
          ['early', 3, { spec: { app: 'words' } }],
          ['late', 6, { spec: { app: 'words' } }],
          ['other', 4, { spec: { app: 'others' } }],
        ],
      )
      const changes = await record.changesSince(1, 10)
      assert.equal(changes.kind === 'changes' && changes.changes.length, 2)
      assert.deepEqual(
        (await record.audit(key('late'), 5)).map(({ actor }) => actor),
        ['ann'],
      )
      assert.equal((await record.hold('controller', 'clock.2', 1_000)).kind, 'taken')

      const { events } = await record.latestEvents(undefined, 10)
      assert.deepEqual(events.map(({ message, count }) => `${message} ${count}`).toSorted(), ['first 1', 'second 2'])
      if (step < 4) assert.deepEqual([events.map(({ message }) => message), version], [['second', 'first'], 9])
      const since = await record.eventsSince(undefined, { since: 7, upTo: version, limit: 10 })
      assert.equal(since.length, 2, 'who watched before hears them again')

      const claims = ['Heroku app words']
      const put = { kind: 'put', key: key('new'), body: {}, expected: 'absent', actor: 'test' } as const
      const results = await record.write([{ ...put, claims }, put])
      assert.deepEqual(results, [
        { kind: 'claimed', claim: 'Heroku app words', by: key('early') },
        { kind: 'written', version: version + 1 },
      ])
      await client.query(tellAsBefore)
      const last = await record.latestEvents(undefined, 1)
      assert.deepEqual([last.events[0]?.message, last.events[0]?.count], ['first', 2])
      assert.ok((last.events[0]?.version ?? 0) > version + 1)
      assert.equal(last.events[0]?.version, last.version)
    } finally {
      await record.close()
      await client.end()
    }
  }

  async function stepsIn(url: string): Promise<number> {
    const client = new Client({ connectionString: url })
    await client.connect()
    await migrate(client)
    const { rows } = await client.query<{ steps: string }>('SELECT count(*) AS steps FROM record_schema')
    await client.end()
    return Number(rows[0]?.steps)
  }
})
