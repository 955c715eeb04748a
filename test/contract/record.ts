import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { ControlRecord, EventFeed, JsonObject, ObjectKey, StoredObject, Write } from '../../src/record/record.ts'

/** How a suite gets an empty record and moves its leases' time. */
export interface RecordUnderTest {
  readonly record: ControlRecord & EventFeed
  /** Lets this much time pass for leases. */
  readonly pass: (ms: number) => Promise<void>
}

/** What every record must do, named by the invariants in `src/record/README.md`. */
export function recordContract(name: string, open: () => Promise<RecordUnderTest>, propertyRuns: number): void {
  describe(`${name} keeps the record's promises`, () => {
    writing(open)
    watching(open, propertyRuns)
    holding(open)
    telling(open)
  })
}

function writing(open: () => Promise<RecordUnderTest>): void {
  it('R1: gives each change the next version, and none to a write that changes nothing', async () => {
    const { record } = await open()
    const results = await record.write([put('a', { n: 1 }), put('b', { n: 1 }), put('a', { n: 1 }), put('a', { n: 2 })])

    assert.deepEqual(results, [
      { kind: 'written', version: 1 },
      { kind: 'written', version: 2 },
      { kind: 'unchanged', version: 1 },
      { kind: 'written', version: 3 },
    ])
    assert.deepEqual(await record.get(key('a')), { key: key('a'), body: { n: 2 }, version: 3 })
  })

  it('R2: refuses what was expected otherwise, says what is there, and goes on with the rest', async () => {
    const { record } = await open()
    await record.write([put('a', { n: 1 })])
    const results = await record.write([
      put('a', { n: 2 }, 'absent'),
      put('a', { n: 2 }, 7),
      put('b', { n: 1 }, 3),
      put('a', { n: 2 }, 1),
      remove('a', 2),
      remove('nothing', 'any'),
    ])

    assert.deepEqual(
      results.map((result) => (result.kind === 'conflict' ? `found ${result.found}` : result.kind)),
      ['found 1', 'found 1', 'found absent', 'written', 'written', 'unchanged'],
    )
    assert.equal(await record.get(key('a')), undefined)
  })

  it('R6: gives a claim to the first who comes with it, and to the next once that one gave it up or went', async () => {
    const { record } = await open()
    const claiming = (name: string, ...claims: readonly string[]): Write => ({ ...put(name, { claims }), claims })
    const results = await record.write([claiming('a', 'x', 'y'), claiming('b', 'y', 'z'), claiming('c', 'z')])
    assert.deepEqual(results, [
      { kind: 'written', version: 1 },
      { kind: 'claimed', claim: 'y', by: key('a') },
      { kind: 'written', version: 2 },
    ])
    assert.equal(await record.get(key('b')), undefined)
    // Whoever says nothing of claims keeps them.
    await record.write([put('a', { n: 2 })])
    const kinds = async (...writes: readonly Write[]): Promise<readonly string[]> =>
      (await record.write(writes)).map(({ kind }) => kind)
    assert.deepEqual(await kinds(claiming('b', 'x')), ['claimed'])
    assert.deepEqual(await kinds(claiming('a', 'y')), ['written'])
    assert.deepEqual(await kinds(claiming('b', 'x'), claiming('c', 'y')), ['written', 'claimed'])
    assert.deepEqual(await kinds(remove('a', 'any')), ['written'])
    assert.deepEqual(await kinds(claiming('c', 'y')), ['written'])
  })

  it('R6: of many who come with the same claim at once, one has it', async () => {
    const { record } = await open()
    const names = Array.from({ length: 50 }, (_, index) => `app-${index}`)
    const results = await Promise.all(names.map((name) => record.write([{ ...put(name, {}), claims: ['x'] }])))
    const kinds = results.flat().map(({ kind }) => kind)
    assert.deepEqual([kinds.filter((kind) => kind === 'written').length, new Set(kinds).size], [1, 2])
    assert.equal((await record.list('StreamApp')).objects.length, 1)
  })

  it('R1: a thousand writers at once lose nothing, and each has a version of its own', async () => {
    const { record } = await open()
    const names = Array.from({ length: 1_000 }, (_, index) => `app-${String(index).padStart(4, '0')}`)
    const results = await Promise.all(names.map((name) => record.write([put(name, { name })])))

    const versions = results.flatMap(([result]) => (result?.kind === 'written' ? [result.version] : []))
    assert.deepEqual(
      versions.toSorted((a, b) => a - b),
      names.map((_, index) => index + 1),
    )
    const { objects, version } = await record.list('StreamApp')
    assert.deepEqual(
      objects.map((object) => object.key.name),
      names,
    )
    assert.equal(version, 1_000)
  })

  it('lists one namespace or all, in order of names', async () => {
    const { record } = await open()
    await record.write([put('b', {}), put('a', {}), { ...put('c', {}), key: { ...key('c'), namespace: 'another' } }])

    assert.deepEqual(names((await record.list('StreamApp')).objects), ['another/c', 'default/a', 'default/b'])
    assert.deepEqual(names((await record.list('StreamApp', 'default')).objects), ['default/a', 'default/b'])
    assert.deepEqual((await record.list('Nothing')).objects, [])
  })

  it('keeps who did what, newest first', async () => {
    const { record } = await open()
    await record.write([put('a', { n: 1 })])
    await record.write([
      { ...put('a', { n: 2 }), actor: 'git' },
      { ...remove('a', 'any'), actor: 'controller' },
    ])

    const audit = await record.audit(key('a'), 2)
    assert.deepEqual(
      audit.map(({ actor, verb, version }) => `${actor} ${verb} ${version}`),
      ['controller remove 3', 'git update 2'],
    )
  })
}

function watching(open: () => Promise<RecordUnderTest>, propertyRuns: number): void {
  it('R5: tells every change since a version, once and in order, with the last body of what was removed', async () => {
    const { record } = await open()
    await record.write([put('a', { n: 1 }), put('b', { n: 1 }), put('a', { n: 2 }), remove('a', 'any')])

    const first = await record.changesSince(1, 2)
    assert.ok(first.kind === 'changes')
    assert.deepEqual(first.changes.map(printChange), ['added b 2 {"n":1}', 'modified a 3 {"n":2}'])
    const rest = await record.changesSince(first.version, 10)
    assert.ok(rest.kind === 'changes')
    assert.deepEqual([rest.changes.map(printChange), rest.version], [['removed a 4 {"n":2}'], 4])
  })

  it('R5: says that changes are gone, and from which version on they are there', async () => {
    const { record } = await open()
    await record.write([put('a', { n: 1 }), put('a', { n: 2 })])
    await record.forget({ ...never, changesMs: 0 })
    await record.write([put('a', { n: 3 })])

    assert.deepEqual(await record.changesSince(1, 10), { kind: 'gone', oldest: 2 })
    const rest = await record.changesSince(2, 10)
    assert.deepEqual(rest.kind === 'changes' && rest.changes.map(printChange), ['modified a 3 {"n":3}'])
  })

  it('R5: a reader that replays changes onto its list ends with what is there', async () => {
    const { record } = await open()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), async (batches) => {
        const seen = await record.list('StreamApp')
        await Promise.all(batches.map((batch) => record.write(batch)))
        assert.deepEqual(await replay(record, seen), (await record.list('StreamApp')).objects)
      }),
      { numRuns: propertyRuns },
    )
  })

  it('calls back when something was written, and no more once the signal has fired', async () => {
    const { record } = await open()
    const stop = new AbortController()
    const heard = Promise.withResolvers<void>()
    record.onWrite(() => heard.resolve(), stop.signal)
    await record.write([put('a', {})])
    await heard.promise
    stop.abort()
  })
}

function holding(open: () => Promise<RecordUnderTest>): void {
  it('R3: one holds, the other waits; a take-over raises the epoch and fences the first', async () => {
    const { record, pass } = await open()
    assert.equal(epochOf(await record.hold('controller', 'clock.1', 300)), 'held 1')
    assert.equal(epochOf(await record.hold('controller', 'clock.2', 300)), 'taken 1')
    assert.equal(epochOf(await record.hold('controller', 'clock.1', 300)), 'held 1')
    await pass(400)
    assert.equal(epochOf(await record.hold('controller', 'clock.2', 300)), 'held 2')

    const fenced = await record.write([{ ...put('a', {}), fence: { lease: 'controller', epoch: 1 } }])
    const written = await record.write([{ ...put('a', {}), fence: { lease: 'controller', epoch: 2 } }])
    assert.deepEqual([fenced, written], [[{ kind: 'fenced', epoch: 2 }], [{ kind: 'written', version: 1 }]])
  })

  it('R3: who comes back after its time has a new epoch, even if nobody else came', async () => {
    const { record, pass } = await open()
    await record.hold('controller', 'clock.1', 200)
    await pass(300)
    assert.equal(epochOf(await record.hold('controller', 'clock.1', 200)), 'held 2')
  })

  it('is let go at once on release, by its holder only', async () => {
    const { record } = await open()
    await record.hold('controller', 'clock.1', 60_000)
    await record.release('controller', 'clock.2', 1)
    assert.equal(epochOf(await record.hold('controller', 'clock.2', 60_000)), 'taken 1')
    await record.release('controller', 'clock.1', 1)
    assert.equal(epochOf(await record.hold('controller', 'clock.2', 60_000)), 'held 2')
  })
}

function telling(open: () => Promise<RecordUnderTest>): void {
  it('counts an event that comes again, and shows the newest first', async () => {
    const { record } = await open()
    const event = { key: key('a'), type: 'Warning', reason: 'BudgetExhausted', message: 'waiting' } as const
    await record.tell([event])
    await record.tell([{ ...event, reason: 'Refused' }])
    await record.tell([event, event])

    const events = await record.events(key('a'))
    assert.deepEqual(
      events.map(({ reason, count }) => `${reason} ${count}`),
      ['BudgetExhausted 3', 'Refused 1'],
    )
    assert.deepEqual(await record.events(key('b')), [])
  })

  it('forgets the events and the audit that are as old as is said, and nothing that is younger', async () => {
    const { record } = await open()
    await record.write([put('a', {})])
    await record.tell([{ key: key('a'), type: 'Normal', reason: 'Applied', message: 'done' }])
    const left = async (): Promise<readonly number[]> => [
      (await record.events(key('a'))).length,
      (await record.audit(key('a'), 10)).length,
    ]
    await record.forget(never)
    assert.deepEqual(await left(), [1, 1])
    await record.forget({ ...never, eventsMs: 0 })
    assert.deepEqual(await left(), [0, 1])
    await record.forget({ ...never, auditMs: 0 })
    assert.deepEqual(await left(), [0, 0])
    assert.deepEqual((await record.get(key('a')))?.version, 1)
    assert.equal((await record.changesSince(0, 10)).kind, 'changes')

    await record.tell([{ key: key('a'), type: 'Normal', reason: 'Applied', message: 'done' }])
    assert.deepEqual((await record.events(key('a')))[0]?.count, 1)
  })

  it('shows the latest events of all objects of a namespace', async () => {
    const { record } = await open()
    for (const [name, namespace] of [
      ['a', 'one'],
      ['b', 'two'],
      ['c', 'one'],
    ] as const) {
      await record.tell([{ key: { ...key(name), namespace }, type: 'Normal', reason: 'Applied', message: name }])
    }

    const messages = async (namespace: string | undefined, limit: number) =>
      (await record.latestEvents(namespace, limit)).events.map(({ message }) => message)
    assert.deepEqual((await messages('one', 10)).toSorted(), ['a', 'c'])
    assert.deepEqual((await messages(undefined, 10)).toSorted(), ['a', 'b', 'c'])
    assert.deepEqual(await messages(undefined, 2), ['c', 'b'])
  })

  it('R1: gives each telling the next version, among those of writes, and says so to whoever listens', async () => {
    const { record } = await open()
    const heard: (number | undefined)[] = []
    const end = new AbortController()
    const enough = Promise.withResolvers<void>()
    record.onWrite((version) => {
      heard.push(version)
      if (version === 5) enough.resolve()
    }, end.signal)
    const tell = (message: string, namespace = ''): Promise<void> =>
      record.tell([{ key: { ...key('a'), namespace }, type: 'Normal', reason: 'Applied', message }])
    await record.write([put('a', {})])
    await tell('first')
    await record.write([put('b', {})])
    await tell('second', 'team')
    await record.write([put('c', {})])
    await enough.promise
    end.abort()

    const { events, version } = await record.latestEvents(undefined, 10)
    assert.deepEqual([events.map((event) => event.version), version], [[4, 2], 5])
    assert.ok(heard.includes(2) && heard.includes(4), heard.join())
    const changes = await record.changesSince(0, 10)
    assert.ok(changes.kind === 'changes')
    assert.deepEqual(
      changes.changes.map(({ object }) => object.version),
      [1, 3, 5],
    )
    await tell('third')
    const last = await record.changesSince(5, 10)
    assert.equal(last.kind === 'changes' && last.version, 6)
  })

  it('tells what was told since a version, once and in order, and when it was told first', async () => {
    const { record } = await open()
    const tell = (...messages: readonly string[]): Promise<void> =>
      record.tell(messages.map((message) => ({ key: key('a'), type: 'Normal', reason: 'Applied', message }) as const))
    await tell('a', 'b')
    const { version: since } = await record.latestEvents(undefined, 10)
    await tell('a', 'c', 'c')
    await record.tell([{ key: { ...key('a'), namespace: 'team' }, type: 'Normal', reason: 'Applied', message: 'd' }])
    const { version: upTo } = await record.latestEvents(undefined, 10)
    await tell('b')

    const told = async (namespace: string | undefined, range: object = {}): Promise<readonly string[]> => {
      const events = await record.eventsSince(namespace, { since, upTo, limit: 10, ...range })
      const versions = events.map(({ version }) => version)
      assert.deepEqual(
        versions,
        versions.toSorted((one, other) => one - other),
      )
      return events.map(({ message, count, firstVersion }) => `${message} ${count} ${firstVersion > since}`)
    }
    assert.deepEqual(await told(undefined), ['a 2 false', 'c 2 true', 'd 1 true'])
    assert.deepEqual(await told('team'), ['d 1 true'])
    assert.deepEqual(await told(undefined, { limit: 1 }), ['a 2 false'])
    assert.deepEqual(await told(undefined, { upTo: Number.MAX_SAFE_INTEGER, since: upTo }), ['b 2 false'])
  })
}

/** Longer than any test takes. */
const never = { changesMs: 3_600_000, eventsMs: 3_600_000, auditMs: 3_600_000 }

const step: fc.Arbitrary<Write> = fc.oneof(
  fc
    .record({ name: fc.constantFrom('a', 'b', 'c'), n: fc.integer({ min: 0, max: 3 }) })
    .map(({ name, n }) => put(name, { n })),
  fc.constantFrom('a', 'b', 'c').map((name) => remove(name, 'any')),
)

async function replay(
  record: ControlRecord,
  seen: { objects: readonly StoredObject[]; version: number },
): Promise<readonly StoredObject[]> {
  const objects = new Map(seen.objects.map((object) => [object.key.name, object]))
  for (let version = seen.version; ;) {
    const answer = await record.changesSince(version, 3)
    assert.ok(answer.kind === 'changes')
    if (answer.changes.length === 0) break
    for (const { kind, object } of answer.changes) {
      if (kind === 'removed') objects.delete(object.key.name)
      else objects.set(object.key.name, object)
    }
    version = answer.version
  }
  return [...objects.values()].toSorted((a, b) => (a.key.name < b.key.name ? -1 : 1))
}

function key(name: string): ObjectKey {
  return { kind: 'StreamApp', namespace: 'default', name }
}

function put(name: string, body: JsonObject, expected: Write['expected'] = 'any'): Write & { readonly kind: 'put' } {
  return { kind: 'put', key: key(name), body, expected, actor: 'test' }
}

function remove(name: string, expected: Write['expected']): Write {
  return { kind: 'remove', key: key(name), expected, actor: 'test' }
}

const names = (objects: readonly StoredObject[]): string[] =>
  objects.map(({ key: { namespace, name } }) => `${namespace}/${name}`)

function printChange({ kind, object }: { kind: string; object: StoredObject }): string {
  return `${kind} ${object.key.name} ${object.version} ${JSON.stringify(object.body)}`
}

const epochOf = ({ kind, epoch }: { kind: string; epoch: number }): string => `${kind} ${epoch}`
