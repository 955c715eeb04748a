import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import type { ControlRecord } from '../../../src/record/record.ts'
import type { CacheEvent } from '../../../src/server/cache/cached-object.ts'
import { ObjectCache } from '../../../src/server/cache/object-cache.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const kinds = ['A', 'B']

async function write(record: ControlRecord, kind: string, name: string, value: number | 'removed'): Promise<void> {
  const key = { kind, namespace: 'default', name }
  const common = { key, expected: 'any', actor: 'test' } as const
  const body = { apiVersion: 'v1', kind, metadata: { name }, value }
  await record.write([value === 'removed' ? { ...common, kind: 'remove' } : { ...common, kind: 'put', body }])
}

function names(cache: ObjectCache, kind: string): string {
  return cache
    .list(kind)
    .objects.map(({ key, object }) => `${key.name}${JSON.stringify(object['value'])}`)
    .join(' ')
}

const writes = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    name: fc.constantFrom('a', 'b', 'c'),
    value: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant('removed' as const)),
  }),
  { maxLength: 20 },
)

describe('the cache of objects', () => {
  it('C1: holds, when it is fresh, exactly what the record holds, in order', async () => {
    await fc.assert(
      fc.asyncProperty(writes, writes, async (before, later) => {
        const record = new MemoryRecord(new FakeClock())
        const cache = new ObjectCache(record, kinds)
        for (const { kind, name, value } of before) await write(record, kind, name, value)
        await cache.fresh()
        for (const { kind, name, value } of later) await write(record, kind, name, value)
        await cache.fresh()
        for (const kind of kinds) {
          const { objects } = await record.list(kind)
          const kept = objects.map(({ key, body }) => `${key.name}${JSON.stringify(body['value'])}`)
          assert.equal(names(cache, kind), kept.join(' '))
        }
      }),
      { numRuns: 100 },
    )
  })

  it('C2: tells a listener every change after the version it names, once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(writes, writes, async (before, later) => {
        const record = new MemoryRecord(new FakeClock())
        const cache = new ObjectCache(record, kinds)
        await cache.fresh()
        for (const { kind, name, value } of before) await write(record, kind, name, value)
        await cache.fresh()
        const heard: CacheEvent[] = []
        const listener = {
          onEvent: (event: CacheEvent) => heard.push(event),
          onGone: () => assert.fail('nothing is gone'),
        }
        assert.ok(cache.listen('A', 0, listener))
        for (const { kind, name, value } of later) await write(record, kind, name, value)
        await cache.fresh()
        const told = await record.changesSince(0, 1_000)
        assert.ok(told.kind === 'changes')
        const expected = told.changes
          .filter(({ object }) => object.key.kind === 'A')
          .map(({ object }) => object.version)
        assert.deepEqual(
          heard.map(({ version }) => version),
          expected,
        )
      }),
      { numRuns: 100 },
    )
  })

  it('C2: tells each change once, in order, where it learns of some before a look that is under way', async () => {
    const steps = fc.array(
      fc.record({
        name: fc.constantFrom('a', 'b'),
        value: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant('removed' as const)),
        next: fc.constantFrom('learn', 'look', 'learn, look', 'look, learn', 'nothing', 'wait'),
      }),
      { maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const record = new MemoryRecord(new FakeClock())
        const slow = {
          list: (kind: string) => record.list(kind),
          onWrite: () => {},
          changesSince: async (version: number, limit: number) => {
            const answer = await record.changesSince(version, limit)
            await turn() // and meanwhile the world goes on
            return answer
          },
        }
        const cache = new ObjectCache(slow, kinds)
        await cache.fresh()
        const heard: string[] = []
        const onEvent = ({ version, before, now }: CacheEvent): void =>
          void heard.push(`${version} ${before === undefined ? 'added' : now === undefined ? 'removed' : 'modified'}`)
        assert.ok(cache.listen('A', 0, { onEvent, onGone: () => assert.fail('nothing is gone') }))
        for (const { name, value, next } of taken) {
          const { version } = await record.list('A')
          await write(record, 'A', name, value)
          const written = await record.changesSince(version, 1)
          assert.ok(written.kind === 'changes')
          for (const step of next.split(', ')) {
            if (step === 'learn') for (const change of written.changes) cache.learn(change)
            if (step === 'look') void cache.fresh()
            if (step === 'wait') await turn()
          }
        }
        await cache.fresh()
        const told = await record.changesSince(0, 1_000)
        assert.ok(told.kind === 'changes')
        assert.deepEqual(
          heard,
          told.changes.map(({ kind, object }) => `${object.version} ${kind}`),
        )
        const { objects } = await record.list('A')
        assert.equal(
          names(cache, 'A'),
          objects.map(({ key, body }) => `${key.name}${JSON.stringify(body['value'])}`).join(' '),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('shows the list as it was at any version that it remembers', async () => {
    const record = new MemoryRecord(new FakeClock())
    const cache = new ObjectCache(record, kinds)
    await cache.fresh()
    const seen: string[] = ['']
    for (const [name, value] of [
      ['a', 1],
      ['b', 1],
      ['a', 2],
      ['a', 'removed'],
      ['c', 1],
      ['a', 3],
    ] as const) {
      await write(record, 'A', name, value)
      await cache.fresh()
      seen.push(names(cache, 'A'))
    }
    for (const [version, expected] of seen.entries()) {
      const then = cache.listAt('A', 'default', version)
      const listed = then?.objects.map(({ key, object }) => `${key.name}${JSON.stringify(object['value'])}`).join(' ')
      assert.equal(listed, expected)
    }
  })

  it('sends its listeners to list again where the record has forgotten changes that it did not see', async () => {
    const record = new MemoryRecord(new FakeClock())
    const cache = new ObjectCache(record, kinds)
    await cache.fresh()
    let gone = 0
    cache.listen('A', cache.version, { onEvent: () => {}, onGone: () => (gone += 1) })
    await write(record, 'A', 'a', 1)
    await write(record, 'A', 'b', 1)
    await record.forget({ changesMs: 0, eventsMs: 0, auditMs: 0 })
    await cache.fresh()
    assert.deepEqual([gone, names(cache, 'A')], [1, 'a1 b1'])
    assert.equal(cache.listen('A', 1, { onEvent: () => {}, onGone: () => {} }), undefined)
  })

  it('is not fresh while the record is out of reach, and is again when it is back', async () => {
    const record = new MemoryRecord(new FakeClock())
    let isLost = true
    const flaky = {
      list: (kind: string) => record.list(kind),
      onWrite: () => {},
      changesSince: (version: number, limit: number) =>
        isLost ? Promise.reject(new Error('lost')) : record.changesSince(version, limit),
    }
    const cache = new ObjectCache(flaky, kinds)
    await assert.rejects(cache.fresh(), /lost/)
    isLost = false
    await write(record, 'A', 'a', 1)
    await cache.fresh()
    assert.equal(names(cache, 'A'), 'a1')
  })
})
