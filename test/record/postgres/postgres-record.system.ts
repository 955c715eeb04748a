import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { setTimeout as passTime } from 'node:timers/promises'
import * as fc from 'fast-check'
import { Client } from 'pg'
import { systemClock } from '../../../src/host/system-clock.ts'
import { freePort } from '../../../src/local/free-ports.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { openPostgresRecord } from '../../../src/record/postgres/open-postgres-record.ts'
import type { AuditEntry, ControlRecord, EventFeed, ObjectKey, Write } from '../../../src/record/record.ts'
import { recordContract } from '../../contract/record.ts'
import { startCuttingProxy } from '../../support/cutting-proxy.ts'
import { startTemporaryPostgres, type TemporaryPostgres } from '../../support/temporary-postgres.ts'
import { until } from '../../support/until.ts'

let postgres: TemporaryPostgres
const open: ControlRecord[] = []

before(async () => {
  postgres = await startTemporaryPostgres()
})

after(async () => {
  await Promise.all(open.map((record) => record.close()))
  await postgres.stop()
})

recordContract(
  'Postgres',
  async () => ({ record: await openRecord(await postgres.makeDatabase()), pass: (ms) => passTime(ms) }),
  20,
)

it('R4: what was acknowledged is there for the next to open it, and for two who have it open', async () => {
  const url = await postgres.makeDatabase()
  const first = await openRecord(url)
  const write = {
    kind: 'put',
    key: { kind: 'Note', namespace: '', name: 'a' },
    body: { n: 1 },
    expected: 'any',
    actor: 'test',
  } as const
  await first.write([write])
  const second = await openRecord(url)

  assert.deepEqual((await second.get(write.key))?.body, { n: 1 })
  const both = await Promise.all(
    [first, second].map((record) => record.write([{ ...write, body: { n: 2 }, expected: 1 }])),
  )
  assert.deepEqual(new Set(both.map(([result]) => result?.kind)), new Set(['conflict', 'written']))
})

it('writes nothing of a batch that Postgres refuses in its middle, uses no version, and goes on', async () => {
  const record = await openRecord(await postgres.makeDatabase())
  const put = (name: string, text: string) =>
    ({
      kind: 'put',
      key: { kind: 'Note', namespace: '', name },
      body: { text },
      expected: 'any',
      actor: 'test',
    }) as const
  // Postgres keeps no NUL in JSON: the statement fails, and those that went out with it.
  await assert.rejects(record.write([put('a', 'good'), put('b', '\u0000')]))
  assert.deepEqual(await record.list('Note'), { objects: [], version: 0 })
  assert.deepEqual(await record.audit(put('a', '').key, 10), [])

  assert.deepEqual(await record.write([put('a', 'good')]), [{ kind: 'written', version: 1 }])
})

it('lets nobody fail for what another writes at the same moment and Postgres refuses', async () => {
  const record = await openRecord(await postgres.makeDatabase())
  const write = (name: string, text: string): Promise<unknown> =>
    record.write([{ kind: 'put', key: noteKey(name), body: { text }, expected: 'any', actor: 'test' }])
  const texts = ['good', '\u0000', 'good', '\ud800', 'good']
  const results = await Promise.allSettled(texts.map((text, at) => write(`n${at}`, text)))
  assert.deepEqual(
    results.map(({ status }) => status === 'fulfilled'),
    texts.map((text) => text === 'good'),
  )
  assert.equal((await record.list('Note')).objects.length, 3)
})

it('gives up on a database that answers nothing, and hears of writes again when it does', async (t) => {
  const url = new URL(await postgres.makeDatabase())
  const proxy = await startCuttingProxy({ host: url.hostname, port: Number(url.port) })
  t.after(() => proxy.close())
  const there = await openRecord(url.href)
  url.port = String(proxy.address.port)
  const lost: string[] = []
  const here = await openPostgresRecord(url.href, ({ message }) => lost.push(message), 300)
  open.push(here)
  const heard: (number | undefined)[] = []
  here.onWrite((version) => heard.push(version), new AbortController().signal)

  // Nothing is closed: it is only that no answer comes, as from a host that is gone.
  proxy.delay(60_000)
  const asked = here.write([{ kind: 'put', key: noteKey('lost'), body: {}, expected: 'any', actor: 'test' }])
  await assert.rejects(asked, /timeout/)
  await assert.rejects(here.list('Note'), /timeout/)
  await until(() => lost.length > 0, 'the line to notice')

  proxy.delay(0)
  await until(
    () =>
      here.list('Note').then(
        () => true,
        () => false,
      ),
    'the record to be back',
  )
  heard.length = 0
  await until(async () => {
    await there.write([
      { kind: 'put', key: noteKey(`n${heard.length}-${Math.random()}`), body: {}, expected: 'any', actor: 'test' },
    ])
    return heard.some((version) => version !== undefined)
  }, 'a write of another to be heard')
})

it('decides whatever is written as the twin in memory does', async () => {
  const real = await openRecord(await postgres.makeDatabase())
  const twin = new MemoryRecord(systemClock)
  for (const lease of ['one', 'two']) {
    for (const record of [real, twin]) await record.hold(lease, 'holder', 60_000)
  }
  await fc.assert(
    fc.asyncProperty(fc.array(anyWrite, { minLength: 1, maxLength: 12 }), async (writes) => {
      const { objects, version } = await twin.list('Note')
      const seen = new Map(objects.map((object) => [object.key.name, object.version]))
      const resolved = writes.map((write) => ({ ...write, expected: seenOr(write.expected, seen.get(write.key.name)) }))
      assert.deepEqual(await real.write(resolved), await twin.write(resolved))
      assert.deepEqual(await real.list('Note'), await twin.list('Note'))
      assert.deepEqual(await real.changesSince(version, 100), await twin.changesSince(version, 100))
    }),
    { numRuns: 200 },
  )
  const [history, wanted] = await Promise.all([real, twin].map((record) => record.audit(noteKey('a'), 1_000)))
  const untimed = (entries: readonly AuditEntry[] = []) => entries.map((entry) => ({ ...entry, at: undefined }))
  assert.deepEqual(untimed(history), untimed(wanted))
})

it('forgets month after month in portions, oldest first, and says from which change on it knows', async (t) => {
  const url = await postgres.makeDatabase()
  const record = await openRecord(url)
  const client = new Client(url)
  t.after(() => client.end())
  await client.connect()
  const put = (name: string, n: number): Write => ({
    kind: 'put',
    key: noteKey(name),
    body: { n },
    expected: 'any',
    actor: 'test',
  })
  await record.write(Array.from({ length: 25_000 }, (_, n) => put('old', n)))
  await client.query("UPDATE audit SET at = at - interval '2 hours'")
  await record.write([put('young', 1)])
  const anHour = { changesMs: 3_600_000, eventsMs: 3_600_000, auditMs: 3_600_000 }
  const isMore = [await record.forget(anHour), await record.forget(anHour), await record.forget(anHour)]
  assert.deepEqual(isMore, [true, true, false])

  assert.deepEqual(await record.changesSince(24_999, 10), { kind: 'gone', oldest: 25_000 })
  const rest = await record.changesSince(25_000, 10)
  assert.ok(rest.kind === 'changes')
  assert.deepEqual(
    rest.changes.map(({ object }) => object.key.name),
    ['young'],
  )
  const { rows } = await client.query(
    'SELECT (SELECT count(*) FROM change) AS changes, (SELECT count(*) FROM audit) AS audit',
  )
  assert.deepEqual(rows, [{ changes: '1', audit: '1' }])
  assert.equal((await record.list('Note')).objects.length, 2)
})

it('waits for a database that is just starting', async (t) => {
  const port = await freePort()
  const lost: string[] = []
  const opening = openPostgresRecord(`postgres://weirkeeper:weirkeeper@127.0.0.1:${port}/postgres`, ({ message }) =>
    lost.push(message),
  )
  const late = await startTemporaryPostgres(port)
  const record = await opening
  t.after(async () => {
    await record.close()
    await late.stop()
  })

  assert.match(lost[0] ?? '', /ECONNREFUSED/)
  assert.deepEqual((await record.list('Note')).objects, [])
})

it('refuses the writes whose connection is cut in the middle, and goes on with another', async (t) => {
  const url = await postgres.makeDatabase()
  const record = await openRecord(url)
  const key = { kind: 'Note', namespace: '', name: 'cut' }
  const write = { kind: 'put', key, body: { n: 1 }, expected: 'any', actor: 'test' } as const
  const [holder, cutter] = [new Client(url), new Client(url)]
  t.after(() => Promise.all([holder.end(), cutter.end()]))
  await Promise.all([holder.connect(), cutter.connect()])
  await holder.query('BEGIN')
  await holder.query('SELECT version FROM record_clock FOR UPDATE') // whoever writes waits for this row
  const cut = assert.rejects(record.write([write]), /terminat/)
  const waiting = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'weirkeeper-line' AND wait_event_type = 'Lock'`
  const deadline = Date.now() + 20_000
  while ((await cutter.query(waiting)).rowCount === 0) assert.ok(Date.now() < deadline, 'the write never came to wait')
  await cut
  await holder.query('ROLLBACK')

  assert.equal((await record.write([write]))[0]?.kind, 'written')
  assert.deepEqual((await record.get(key))?.body, { n: 1 })
})

it('R5: one process hears what another has written', async () => {
  const url = await postgres.makeDatabase()
  const [writer, reader] = [await openRecord(url), await openRecord(url)]
  const heard = Promise.withResolvers<void>()
  reader.onWrite(() => heard.resolve(), new AbortController().signal)
  await writer.write([
    { kind: 'put', key: { kind: 'Note', namespace: '', name: 'a' }, body: {}, expected: 'any', actor: 'test' },
  ])
  await heard.promise
})

it('R5: hears again after its connection was cut, and first that it may have missed something', async () => {
  const url = await postgres.makeDatabase()
  const [writer, reader] = [await openRecord(url), await openRecord(url)]
  const heard = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  reader.onWrite(() => heard.shift()?.resolve(), new AbortController().signal)
  const [again, written] = heard.map(({ promise }) => promise)
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'weirkeeper-line' AND datname = current_database()`,
  )
  await client.end()
  await again
  await writer.write([
    { kind: 'put', key: { kind: 'Note', namespace: '', name: 'a' }, body: {}, expected: 'any', actor: 'test' },
  ])
  await written
})

it('refuses a database that a newer Weirkeeper has written', async () => {
  const url = await postgres.makeDatabase()
  await openRecord(url)
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('INSERT INTO record_schema VALUES (999)')
  await client.end()

  await assert.rejects(
    openPostgresRecord(url, () => {}),
    (error: Error) => /newer Weirkeeper/.test(String(error.cause)),
  )
})

const noteKey = (name: string): ObjectKey => ({ kind: 'Note', namespace: '', name })

/** A version of 0, which nobody has, stands for the one that was seen before the batch. */
const seenOr = (expected: Write['expected'], seen = 7): Write['expected'] => (expected === 0 ? seen : expected)

/** Of few objects and claims, so that writes meet. */
const anyWrite: fc.Arbitrary<Write> = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c'),
    expected: fc.constantFrom<Write['expected'][]>('any', 'absent', 0),
    fence: fc.option(fc.record({ lease: fc.constantFrom('one', 'two', 'nobody'), epoch: fc.nat({ max: 1 }) })),
    what: fc.option(
      fc.record({
        n: fc.nat({ max: 2 }),
        claims: fc.option(fc.uniqueArray(fc.constantFrom('x', 'y', 'z')), { freq: 1 }),
      }),
      { freq: 3 },
    ),
  })
  .map(({ name, expected, fence, what }) => ({
    key: noteKey(name),
    expected,
    actor: 'test',
    ...(fence && { fence }),
    ...(what === null ? { kind: 'remove' } : { kind: 'put', body: { n: what.n, text: "it's" } }),
    ...(what?.claims && { claims: what.claims }),
  }))

/** Tens of thousands of writes in one statement take long where others are at work on the machine. */
const patienceMs = 60_000

async function openRecord(url: string): Promise<ControlRecord & EventFeed> {
  const record = await openPostgresRecord(url, () => {}, patienceMs)
  open.push(record)
  return record
}
